/**
 * What runs in Node alone: a transport below the SDKs' own `fetch`.
 *
 * @module agenticraft/node
 */
export { nodeTransport } from './node-transport.js';
export type { NodeTransportOptions } from './options.js';
