export { type CollectOptions, collectStream, streamToString } from './collect-stream.js';
export { fromReadableStream } from './from-readable-stream.js';
export {
  type AsyncIterableOptions,
  type ObservableIterable,
  type ObservableIterator,
  toAsyncIterable,
} from './to-async-iterable.js';
export { type PromiseOptions, toPromise } from './to-promise.js';
export { toReadableStream } from './to-readable-stream.js';
