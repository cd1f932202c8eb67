import { describe, expect, it } from '@jest/globals';
import { concat, from, Observable, of, throwError } from 'rxjs';
import type { FinishReason, StreamChunk } from '../../src/core/chunk.js';
import { completeFromStream } from '../../src/core/complete-from-stream.js';
import { Demand, findDemand, withDemand } from '../../src/core/demand.js';
import { StreamInterruptedError } from '../../src/core/errors.js';
import { chunks, finish, reasoning, text, toolCall, toolResult, usage } from '../operators/support.js';

const replay = { provider: 'test', data: 'opaque' };

describe('completeFromStream', () => {
  it('gives the whole answer with all that came', async () => {
    const stream$ = from([
      reasoning('Hm'),
      text('Hel'),
      text('lo'),
      toolCall('call_1', { input: { a: 1 } }),
      toolCall('call_2', { input: undefined, invalidInput: '[1' }),
      finish({ finishReason: 'tool-calls', usage: usage(1, 2), replay }),
    ]);
    expect(await completeFromStream(stream$)).toStrictEqual({
      content: 'Hello',
      reasoning: 'Hm',
      toolCalls: [
        { toolCallId: 'call_1', toolName: 'add', input: { a: 1 } },
        { toolCallId: 'call_2', toolName: 'add', input: undefined, invalidInput: '[1' },
      ],
      finishReason: 'tool-calls',
      usage: usage(1, 2),
      replay,
    });
  });

  it('has no field for what did not come', async () => {
    expect(await completeFromStream(of(finish()))).toStrictEqual({ content: '', toolCalls: [], finishReason: 'stop' });
  });

  it('leaves out calls that are answered, and those that the provider runs itself', async () => {
    const answered = [toolCall('call_1'), toolResult('call_1')];
    const own = toolCall('call_2', { providerExecuted: true });
    expect((await completeFromStream(from([...answered, own, finish()]))).toolCalls).toEqual([]);
  });

  it.each<[FinishReason, string]>([
    ['length', 'length'],
    ['max-steps', 'other'],
    ['stopped', 'other'],
    ['approval', 'other'],
  ])('makes of the reason %s, which one model call may not have: %s', async (finishReason, expected) => {
    expect((await completeFromStream(of(finish({ finishReason })))).finishReason).toBe(expected);
  });

  it('rejects with the error of the stream', async () => {
    const boom = new Error('boom');
    await expect(completeFromStream(concat(of(chunks.a), throwError(() => boom)))).rejects.toBe(boom);
  });

  it('rejects a stream that ended without finish, with what came', async () => {
    const error: unknown = await completeFromStream(of(chunks.a)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StreamInterruptedError);
    expect(error).toMatchObject({
      reason: 'truncated',
      partialResponse: 'Hel',
      message: 'The stream ended without a finish chunk. Read `partialResponse` for what came.',
    });
  });

  it('rejects with the reason of the signal, and unsubscribes the stream', async () => {
    let isLeft = false;
    const silent = new Observable<StreamChunk>(() => () => (isLeft = true));
    const controller = new AbortController();
    const completion = completeFromStream(silent, controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(completion).rejects.toBe(reason);
    expect(isLeft).toBe(true);
  });

  it('takes all at full speed, whoever subscribes at this moment', async () => {
    let found: Demand | undefined;
    const asking = new Observable<StreamChunk>((subscriber) => {
      found = findDemand(subscriber);
      subscriber.next(finish());
      subscriber.complete();
    });
    await withDemand(new Demand(), () => completeFromStream(asking));
    expect(found).toBeUndefined();
  });
});
