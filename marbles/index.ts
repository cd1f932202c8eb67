/**
 * Marble testing and marble pictures of chunk streams; no test runner needed.
 *
 * @module agenticraft/marbles
 */
export { type MarbleValues, chunk, chunkAlphabet } from './alphabet.js';
export { type PartialMatcher, like } from './equality.js';
export type { MarbleEvent, MarbleLane, MarbleRecording, MarbleSpan } from './recording.js';
export type { MarbleFactory, MarbleHelpers, MarbleStream, StreamExpectation, SubscriptionExpectation } from './marble-helpers.js';
export { runMarbles } from './run-marbles.js';
export { type EmitOptions, type MarbleMatchers, type MarbleSubject, type MatcherResult, toEmitMarbles } from './to-emit-marbles.js';
export { type MarbleDiagram, type RecordOptions, recordStream, toMarbles } from './to-marbles.js';
