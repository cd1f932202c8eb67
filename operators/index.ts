/** Stream operators: each takes an `Observable<StreamChunk>`, ours or anybody's. */
export { type AccumulateOptions, accumulate } from './accumulate.js';
export { type ChunkLimits, type ChunkTimeoutOptions, chunkTimeout } from './chunk-timeout.js';
export { type InterceptToolCallsOptions, interceptToolCalls } from './intercept-tool-calls.js';
export { type MapInterruptionOptions, mapInterruption } from './map-interruption.js';
export { measure } from './measure.js';
export { type ProgressOptions, progress } from './progress.js';
export type { MeasureOptions } from './shared/measurement.js';
export type { PartialOptions } from './shared/partial.js';
export { type TextOptions, text } from './text.js';
export { type ThrowOnAbortOptions, throwOnAbort } from './throw-on-abort.js';
export { verifyStream } from './verify-stream.js';
export type { MetricsEnding, StreamMetrics } from '../src/core/metrics.js';
