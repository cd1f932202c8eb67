import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { withShortErrors } from '../../src/providers/error-body.js';

/** A body that says `pieces` and then neither more nor its end. */
function unending(pieces: readonly string[], onCancel: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) controller.enqueue(encoder.encode(piece));
    },
    cancel: onCancel,
  });
}

const ask = (response: Response): Promise<Response> => withShortErrors(() => Promise.resolve(response))('http://example.com');

describe('the body of an error', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('ends where it stalls, after a few seconds, and the connection with it', async () => {
    const onCancel = jest.fn();
    const asked = ask(new Response(unending(['{"err'], onCancel), { status: 500, headers: { 'retry-after': '7' } }));
    await jest.advanceTimersByTimeAsync(2_999);
    expect(onCancel).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(onCancel).toHaveBeenCalledTimes(1);
    const response = await asked;
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([500, '7', '{"err']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is kept up to 64 KB, and not read on', async () => {
    const onCancel = jest.fn();
    const response = await ask(new Response(unending(Array.from({ length: 10 }, () => 'x'.repeat(10_000)), onCancel), { status: 502 }));
    expect(await response.text()).toBe('x'.repeat(64 * 1024));
    expect(onCancel).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is what came, when the connection breaks', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('half')),
      pull: (controller) => controller.error(new TypeError('terminated')),
    }, { highWaterMark: 0 });
    expect(await (await ask(new Response(broken, { status: 503 }))).text()).toBe('half');
  });

  it('leaves answers, redirects and errors without a body alone', async () => {
    for (const response of [new Response('ok'), new Response(null, { status: 307 }), new Response(null, { status: 404 })]) {
      expect(await ask(response)).toBe(response);
    }
  });
});
