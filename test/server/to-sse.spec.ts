import { describe, expect, it, jest } from '@jest/globals';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { concat, EMPTY, from, map, NEVER, Observable, of, Subject, throwError, toArray } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { toAsyncIterable } from '../../src/bridges/to-async-iterable.js';
import { finishChunk, type StreamChunk } from '../../src/core/chunk.js';
import { Demand, markDemand } from '../../src/core/demand.js';
import { RateLimitError, StreamInterruptedError, ValidationError } from '../../src/core/errors.js';
import { StreamingResponse } from '../../src/core/response.js';
import { type SseOptions, toSse } from '../../src/server/to-sse.js';
import { counter, finish, metadata, text } from '../bridges/support.js';

/** Fails the test: nothing here may error. */
function rethrow(error: unknown): never {
  throw error;
}

/** The frames of a synchronous stream. */
function framesOf(source$: Observable<StreamChunk>, options: SseOptions = {}): readonly string[] {
  let frames: readonly string[] = [];
  source$.pipe(toSse(options), toArray()).subscribe({ next: (all) => (frames = all), error: rethrow });
  return frames;
}

/** The events that a client of the standard format sees. */
function eventsOf(frames: readonly string[]): readonly EventSourceMessage[] {
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  for (const frame of frames) parser.feed(frame);
  return events;
}

function lastRecord(source$: Observable<StreamChunk>, options?: SseOptions): unknown {
  const last = eventsOf(framesOf(source$, options)).at(-1);
  expect(last?.event).toBe('end');
  return JSON.parse(last?.data ?? '');
}

const toolResult: StreamChunk = {
  type: 'tool-result',
  content: '',
  isFinal: false,
  timestamp: 0,
  metadata,
  toolCallId: 'call_1',
  toolName: 't',
  output: 'no',
  isError: true,
};

describe('toSse', () => {
  it('writes the frames byte by byte as documented', () => {
    expect(framesOf(of(text('Hi'), finish))).toEqual([
      'id: 0\ndata: {"type":"text","content":"Hi","isFinal":false,"timestamp":0,"metadata":{"streamId":"run_1"}}\n\n',
      'id: 1\ndata: {"type":"finish","content":"","isFinal":true,"timestamp":0,"metadata":{"streamId":"run_1"},"finishReason":"stop"}\n\n',
      'event: end\nid: 2\ndata: {"ending":"finished","finishReason":"stop"}\n\n',
    ]);
  });

  it('lets a client rebuild every chunk exactly, whatever is in the text', () => {
    const chunks = [text('a\nb\r\nc\rd'), text('\n\n'), text('data: x\n\nevent: end'), text('\u2028 😀 \ud83d'), toolResult, finish];
    const events = eventsOf(framesOf(from(chunks)));
    expect(events.slice(0, -1).map((event) => JSON.parse(event.data) as unknown)).toEqual(chunks);
    expect(events.map((event) => event.id)).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  });

  it('writes the error of a tool as name and message, without its other fields', () => {
    const error = Object.assign(new TypeError('no zone; key sk-abcdefghijkl'), { headers: 'secret' });
    const [event] = eventsOf(framesOf(of({ ...toolResult, error })));
    expect((JSON.parse(event?.data ?? '') as { error: unknown }).error).toEqual({ name: 'TypeError', message: 'no zone; key [key]' });
  });

  const endings: readonly (readonly [string, Observable<StreamChunk>, unknown])[] = [
    ['an early end', of(text('a')), { ending: 'stopped' }],
    ['nothing', EMPTY, { ending: 'stopped' }],
    ['a finish', of(finishChunk({ finishReason: 'max-steps' }, metadata, 0)), { ending: 'finished', finishReason: 'max-steps' }],
  ];
  it.each(endings)('ends with one record after %s', (_, source$, record) => {
    expect(lastRecord(source$)).toEqual(record);
  });

  it('reports an interruption with its reason and what came', () => {
    const partial = new StreamingResponse({ streamId: 'run_1' });
    partial.addChunk(text('Hel'));
    const error = new StreamInterruptedError('it was cut', { reason: 'timeout', phase: 'each', partial });
    const onError = jest.fn();
    const source$ = concat(of(text('Hel')), throwError(() => error));
    expect(lastRecord(source$, { onError })).toEqual({
      ending: 'failed',
      error: { name: 'StreamInterruptedError', message: 'it was cut', reason: 'timeout', phase: 'each', streamId: 'run_1', partialResponse: 'Hel' },
    });
    expect(onError.mock.calls).toEqual([[error]]);
  });

  it("reports a provider's error, and hides the text of any other", () => {
    const rateLimit = new RateLimitError('slow down', { provider: 'openai', model: 'm', status: 429, retryable: true, retryAfterMs: 20 });
    expect(lastRecord(throwError(() => rateLimit))).toEqual({
      ending: 'failed',
      error: { name: 'RateLimitError', message: 'slow down', provider: 'openai', model: 'm', status: 429, retryable: true, retryAfterMs: 20 },
    });
    const inner = new Error('connect postgres://user:password@db');
    expect(lastRecord(throwError(() => inner))).toEqual({
      ending: 'failed',
      error: { name: 'Error', message: 'The stream failed on the server.' },
    });
  });

  it('ends with an error when a chunk is no JSON, and cancels the source', () => {
    const source$ = new Subject<StreamChunk>();
    const frames: string[] = [];
    const onError = jest.fn();
    source$.pipe(toSse({ onError })).subscribe({ next: (frame) => frames.push(frame), error: rethrow });
    source$.next(text('a'));
    source$.next({ ...toolResult, output: 10n });
    expect(source$.observed).toBe(false);
    expect(eventsOf(frames).map((event) => event.id)).toEqual(['0', '1']);
    expect(onError.mock.calls[0]?.[0]).toBeInstanceOf(ValidationError);
    expect(frames.at(-1)).toContain('"name":"ValidationError"');
  });

  it('sends progress that is no JSON as null, and goes on', () => {
    const progress: StreamChunk = { type: 'tool-progress', content: '', isFinal: false, timestamp: 0, metadata, toolCallId: 't1', toolName: 'count', progress: 10n };
    const frames: string[] = [];
    of(progress, text('a')).pipe(toSse()).subscribe((frame) => frames.push(frame));
    const [first, second] = eventsOf(frames).map((event) => JSON.parse(event.data) as StreamChunk);
    expect(first).toEqual({ ...progress, progress: null });
    expect(second).toMatchObject({ type: 'text', content: 'a' });
  });

  it('errors with what onError throws', () => {
    const thrown = new Error('log is full');
    const error = jest.fn();
    const onError = () => {
      throw thrown;
    };
    throwError(() => 'no')
      .pipe(toSse({ onError }))
      .subscribe({ error });
    expect(error.mock.calls).toEqual([[thrown]]);
  });

  it('stops a synchronous source when the consumer leaves', async () => {
    const { source$, state } = counter();
    const frames = source$.pipe(map((value) => text(String(value))), toSse());
    const iterator = toAsyncIterable(frames, { highWaterMark: 1 })[Symbol.asyncIterator]();
    for (let taken = 0; taken < 5; taken++) await iterator.next();
    expect(state.pulled).toBe(6);
    await iterator.return();
    expect(state.stopped).toBe(1);
  });

  it('joins the text of a source that does not pause, with gapless ids', async () => {
    const pieces = Array.from({ length: 5_000 }, (_, index) => `${index},`);
    const frames: string[] = [];
    for await (const frame of toAsyncIterable(from([...pieces.map(text), finish]).pipe(toSse()), { highWaterMark: 2 })) frames.push(frame);
    const events = eventsOf(frames);
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.data) as StreamChunk);
    expect(chunks.map((chunk) => chunk.content).join('')).toBe(pieces.join(''));
    expect(events.map((event) => event.id)).toEqual(['0', '1', '2', '3', '4']);
  });

  it.each([-1, NaN, Infinity])('refuses a heartbeat of %p', (heartbeatMs) => {
    expect(() => toSse({ heartbeatMs })).toThrow(ValidationError);
  });
});

describe('toSse: heartbeat', () => {
  const heartbeat = ': heartbeat\n\n';

  function run(test: (scheduler: TestScheduler, helpers: Parameters<Parameters<TestScheduler['run']>[0]>[0]) => void): void {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    scheduler.run((helpers) => {
      test(scheduler, helpers);
    });
  }

  it('comes after heartbeatMs without a frame, counted from the last frame', () => {
    run((scheduler, { cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold('         ---a-----------(f|)', { a: text('a'), f: finish });
      const frames$ = source$.pipe(toSse({ heartbeatMs: 5, scheduler }), map((frame) => (frame === heartbeat ? 'h' : frame.slice(0, 5))));
      expectObservable(frames$).toBe('---a----h----h-(fe|)', { a: 'id: 0', h: 'h', f: 'id: 1', e: 'event' });
      expectSubscriptions(source$.subscriptions).toBe('^--------------!');
    });
  });

  it('is not sent while the demand is shut', () => {
    run((scheduler, { expectObservable }) => {
      const demand = new Demand();
      const paced$ = new Observable<string>((subscriber) => {
        markDemand(subscriber, demand);
        return NEVER.pipe(toSse({ heartbeatMs: 5, scheduler })).subscribe(subscriber);
      });
      scheduler.schedule(() => {
        demand.pause();
      }, 7);
      scheduler.schedule(() => {
        demand.resume();
      }, 17);
      expectObservable(paced$, '^---------------------!').toBe('-----h--------------h', { h: heartbeat });
    });
  });

  it('is off at 0 and stops when the consumer leaves', () => {
    run((scheduler, { expectObservable }) => {
      expectObservable(NEVER.pipe(toSse({ heartbeatMs: 0, scheduler })), '^ 100ms !').toBe('');
      expectObservable(NEVER.pipe(toSse({ heartbeatMs: 5, scheduler })), '^------!').toBe('-----h', { h: heartbeat });
    });
  });
});
