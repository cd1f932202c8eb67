/**
 * Stream operators: each takes an `Observable<StreamChunk>`, ours or anybody's.
 *
 * @module agenticraft/operators
 */
export { type AccumulateOptions, accumulate } from './accumulate.js';
export { type BufferTextOptions, bufferText } from './buffer-text.js';
export { type CheckTextOptions, checkText } from './check-text.js';
export { type ChunkLimits, type ChunkTimeoutOptions, chunkTimeout } from './chunk-timeout.js';
export { type FallbackToOptions, fallbackTo } from './fallback-to.js';
export { type HedgeOptions, hedge } from './hedge.js';
export { type InterceptToolCallsOptions, interceptToolCalls } from './intercept-tool-calls.js';
export { lines } from './lines.js';
export { type MapInterruptionOptions, mapInterruption } from './map-interruption.js';
export { measure } from './measure.js';
export { type DeepPartial, type PartialObject, type PartialObjectOptions, partialObject } from './partial-object.js';
export { type ProgressOptions, progress } from './progress.js';
export { type RetryInterruptedOptions, type RetryPolicy, retryInterrupted } from './retry-interrupted.js';
export type { StreamFactory } from './shared/attempt-stream.js';
export type { AttemptMode, AttemptOptions } from './shared/attempts.js';
export { type RedactOptions, redact } from './redact.js';
export { replaceText } from './replace-text.js';
export { type SentencesOptions, sentences } from './sentences.js';
export type { MeasureOptions } from './shared/measurement.js';
export type { PartialOptions } from './shared/partial.js';
export type { TextCheck, TextRefusal, TextVerdict } from './shared/text-verdict.js';
export type { BoundedPattern, TextPattern, TextReplacement } from './shared/text-replacer.js';
export { type SmoothOptions, smooth } from './smooth.js';
export { type TextOptions, text } from './text.js';
export { type ThrowOnAbortOptions, throwOnAbort } from './throw-on-abort.js';
export { type StreamState, type StreamStatus, toState } from './to-state.js';
export { verifyStream } from './verify-stream.js';
export { type WordsOptions, words } from './words.js';
export type { MetricsEnding, StreamMetrics } from '../src/core/metrics.js';
