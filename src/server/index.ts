/**
 * Streams as server-sent events.
 *
 * @module agenticraft/server
 */
export type { EndRecord, ErrorRecord } from './format.js';
export { type NodeResponse, type NodeResponseOptions, type PipeOutcome, pipeToNodeResponse } from './pipe-to-node-response.js';
export { type ResponseOptions, toResponse } from './to-response.js';
export { type SseOptions, toSse } from './to-sse.js';
