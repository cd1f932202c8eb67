/**
 * Marble testing and marble pictures of chunk streams; no test runner needed.
 *
 * @module agenticraft/marbles
 */
export { type MarbleValues, chunk, chunkAlphabet } from './alphabet.js';
export { type PartialMatcher, like } from './equality.js';
export type { MarbleEvent, MarbleLane, MarbleRecording, MarbleSpan } from './recording.js';
export { type MarbleFactory, type MarbleHelpers, type MarbleStream, type StreamExpectation, type SubscriptionExpectation, runMarbles } from './run-marbles.js';
export { type EmitOptions, type MarbleMatchers, type MarbleSubject, type MatcherResult, toEmitMarbles } from './to-emit-marbles.js';
export { type MarbleDiagram, type RecordOptions, recordStream, toMarbles } from './to-marbles.js';
