import { describe, expect, it } from '@jest/globals';
import { from, map, Observable, type Subscriber } from 'rxjs';
import { accumulate } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import type { StreamSnapshot } from '../../src/core/snapshot.js';
import { chunks, finish, reasoning, restart, step, text, toolCall, toolResult, usage, virtually } from './support.js';

function snapshots(...answer: readonly StreamChunk[]): StreamSnapshot[] {
  const seen: StreamSnapshot[] = [];
  from(answer).pipe(accumulate()).subscribe((snapshot) => seen.push(snapshot));
  return seen;
}

describe('accumulate', () => {
  it('emits the text so far for every chunk', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('          -a--b--c--(f|)', chunks);
      const expected = '             -a--b--c--(c|)';
      const result = source.pipe(accumulate(), map(({ completeText }) => completeText));
      expectObservable(result).toBe(expected, { a: 'Hel', b: 'Hello ', c: 'Hello you' });
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  it('measures with its scheduler', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('  ---a--b--(f|)', chunks);
      const expected = '     ---a--b--(c|)';
      const result = source.pipe(
        accumulate(),
        map(({ startTime, firstChunkMs, durationMs, endTime }) => [startTime, firstChunkMs, durationMs, endTime]),
      );
      expectObservable(result).toBe(expected, { a: [0, 3, 3, undefined], b: [0, 3, 6, undefined], c: [0, 3, 9, 9] });
    });
  });

  it('takes a stream without finish as it is', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('  -a--b--|', chunks);
      const expected = '     -a--b--|';
      const result = source.pipe(accumulate(), map(({ completeText, finishReason }) => [completeText, finishReason]));
      expectObservable(result).toBe(expected, { a: ['Hel', undefined], b: ['Hello ', undefined] });
    });
  });

  it('gives every chunk a new object that keeps its text and shares what did not change', () => {
    const [, called, after, done] = snapshots(text('Sum: '), toolCall('call_1', { input: { a: 1 } }), text('…'), toolResult('call_1'));
    expect(called).not.toBe(after);
    expect(called?.toolCalls).toBe(after?.toolCalls);
    expect(called?.toolCalls).toEqual([{ toolCallId: 'call_1', toolName: 'add', state: 'called', input: { a: 1 } }]);
    expect(done?.toolCalls).toEqual([
      { toolCallId: 'call_1', toolName: 'add', state: 'done', input: { a: 1 }, output: 42, isError: false },
    ]);
    expect(called?.completeText).toBe('Sum: ');
  });

  it('takes back the void step on restart and adds usage up', () => {
    const answer = snapshots(
      reasoning('Hm'),
      text('One. '),
      step(0, { usage: usage(10, 5) }),
      text('Tw'),
      restart({ usage: usage(20, 1) }),
      text('Two.'),
      finish({ usage: usage(50, 9) }),
    );
    expect(answer.map(({ completeText }) => completeText)).toEqual(['', 'One. ', 'One. ', 'One. Tw', 'One. ', 'One. Two.', 'One. Two.']);
    expect(answer[4]?.usage).toEqual(usage(30, 6));
    expect(answer[6]).toMatchObject({ reasoningText: 'Hm', usage: usage(50, 9), finishReason: 'stop', chunkCount: 7 });
  });

  it('counts the content of a mock finish as text', () => {
    const [, last] = snapshots(text('Test respo'), { ...finish(), content: 'nse' });
    expect(last?.completeText).toBe('Test response');
  });

  it('keeps no chunk alive', async () => {
    const { gc } = globalThis as { readonly gc?: () => void };
    const collect = gc ?? (await exposedGc());
    let emit: Subscriber<StreamChunk> | undefined;
    const source = new Observable<StreamChunk>((subscriber) => {
      emit = subscriber;
    });
    const subscription = source.pipe(accumulate()).subscribe();
    const chunk = new WeakRef(sendOne(emit));
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(chunk.deref()).toBeUndefined();
    subscription.unsubscribe();
  });
});

/** In a function of its own, so that no frame of the test holds the chunk. */
function sendOne(subscriber: Subscriber<StreamChunk> | undefined): StreamChunk {
  subscriber?.next(chunks.a);
  const chunk = { ...text('collect me') };
  subscriber?.next(chunk);
  return chunk;
}

async function exposedGc(): Promise<() => void> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
