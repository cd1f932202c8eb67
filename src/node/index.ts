export { nodeTransport } from './node-transport.js';
export type { NodeTransportOptions } from './options.js';
