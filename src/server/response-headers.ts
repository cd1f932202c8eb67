/** What an event stream needs to pass through caches, compressors and proxies (`x-accel-buffering` is nginx's). */
export const sseHeaders: Readonly<Record<string, string>> = Object.freeze({
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
});
