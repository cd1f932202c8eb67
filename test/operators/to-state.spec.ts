import { describe, expect, it } from '@jest/globals';
import { concat, from, NEVER, type Observable, of, Subject, take, throwError } from 'rxjs';
import { type StreamState, toState } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { cut } from './attempts-support.js';
import { chunks, finish, reasoning, restart, step, text, toolCall, toolInput, toolResult, usage, virtually } from './support.js';

const empty: StreamState = { status: 'waiting', text: '', reasoning: '', toolCalls: [], usage: undefined, error: undefined };

function statesOf(source: Observable<StreamChunk>): StreamState[] {
  const states: StreamState[] = [];
  source.pipe(toState()).subscribe((state) => states.push(state));
  return states;
}

function last(source: Observable<StreamChunk>): StreamState | undefined {
  return statesOf(source).at(-1);
}

/** What Angular's `toSignal(source, { requireSync: true })` does: it throws when no value is there on return. */
function toSignal<T>(source: Observable<T>): { readonly read: () => T; readonly changes: () => number; readonly destroy: () => void } {
  let current: { readonly value: T } | undefined;
  let changes = 0;
  const subscription = source.subscribe({
    next: (value) => {
      if (current === undefined || !Object.is(current.value, value)) changes++;
      current = { value };
    },
  });
  const read = (): T => {
    if (current === undefined) throw new Error('the source did not emit synchronously');
    return current.value;
  };
  read();
  return { read, changes: () => changes, destroy: () => subscription.unsubscribe() };
}

describe('toState', () => {
  it('says where an answer stands, from the first moment to its end', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  --a-b-(f|)', { ...chunks, f: finish({ usage: usage(3, 2) }) });
      expectObservable(source.pipe(toState())).toBe('w-a-b-(f|)', {
        w: empty,
        a: { ...empty, status: 'streaming', text: 'Hel' },
        b: { ...empty, status: 'streaming', text: 'Hello ' },
        f: { ...empty, status: 'done', text: 'Hello ', usage: usage(3, 2) },
      });
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    });
  });

  it('is tools while a call of ours has no result', () => {
    const answer = from([
      toolInput('call_1', '{}'),
      toolCall('call_1'),
      text('Meanwhile.'),
      toolResult('call_1'),
      step(0, { finishReason: 'tool-calls', usage: usage(2, 1) }),
      text('42'),
      finish({ usage: usage(5, 2) }),
    ]);
    expect(statesOf(answer).map(({ status }) => status)).toEqual([
      'waiting', 'streaming', 'tools', 'tools', 'streaming', 'streaming', 'streaming', 'done',
    ]);
    const called = toolCall('call_2', { providerExecuted: true });
    expect(last(concat(of(called), NEVER))?.status).toBe('streaming');
  });

  it('holds tool calls with their results, and reasoning', () => {
    const state = last(from([reasoning('hm'), toolCall('call_1', { input: { a: 1 } }), toolResult('call_1', { output: 7 }), finish()]));
    expect(state).toMatchObject({
      reasoning: 'hm',
      toolCalls: [{ toolCallId: 'call_1', toolName: 'add', state: 'done', input: { a: 1 }, output: 7, isError: false }],
    });
  });

  it('shows a change of tool calls alone', () => {
    const own = { providerExecuted: true } as const;
    const states = statesOf(concat(of(toolCall('call_1', own), toolResult('call_1', own)), NEVER));
    expect(states.map(({ status, toolCalls }) => [status, toolCalls[0]?.state])).toEqual([
      ['waiting', undefined],
      ['streaming', 'called'],
      ['streaming', 'done'],
    ]);
  });

  it('never errors: the last state is the failure, with what came', () => {
    const error = cut('timeout', [chunks.a]);
    expect(statesOf(concat(of(chunks.a), throwError(() => error))).at(-1)).toEqual({ ...empty, status: 'interrupted', text: 'Hel', error });
    const other = new TypeError('boom');
    expect(statesOf(throwError(() => other))).toEqual([empty, { ...empty, status: 'failed', error: other }]);
  });

  it('stays done when the source errors after its finish, the one ending', () => {
    const states = statesOf(concat(of(chunks.a, chunks.f), throwError(() => cut('disconnected', [chunks.a]))));
    expect(states.map(({ status, error }) => [status, error])).toEqual([['waiting', undefined], ['streaming', undefined], ['done', undefined]]);
  });

  it('is stopped when the stream completed without a finish', () => {
    expect(last(from([chunks.a, chunks.b, chunks.f]).pipe(take(2)))).toEqual({ ...empty, status: 'stopped', text: 'Hello ' });
    expect(last(of(finish({ finishReason: 'stopped' })))?.status).toBe('stopped');
    expect(last(of(finish({ finishReason: 'length' })))?.status).toBe('done');
  });

  it('takes back what a restart makes void', () => {
    const texts = statesOf(from([chunks.a, toolCall('call_1'), restart(), chunks.c, chunks.f]));
    expect(texts.map((state) => [state.status, state.text, state.toolCalls.length])).toEqual([
      ['waiting', '', 0],
      ['streaming', 'Hel', 0],
      ['tools', 'Hel', 1],
      ['streaming', '', 0],
      ['streaming', 'you', 0],
      ['done', 'you', 0],
    ]);
  });

  it('emits a new object for each change and nothing without one; what did not change keeps its identity', () => {
    const source = { type: 'source', content: '', isFinal: false, timestamp: 0, metadata: chunks.a.metadata, url: 'https://a.example' } as const;
    const states = statesOf(from([toolCall('call_1'), toolResult('call_1'), text(''), source, chunks.a, chunks.b, reasoning('hm')]));
    expect(states.map((state) => state.text)).toEqual(['', '', '', 'Hel', 'Hello ', 'Hello ', 'Hello ']);
    expect(new Set(states).size).toBe(states.length);
    const [, called, , a, b, r] = states;
    expect(called?.toolCalls).not.toBe(a?.toolCalls);
    expect(b?.toolCalls).toBe(a?.toolCalls);
    expect(r?.toolCalls).toBe(a?.toolCalls);
    // What was given out does not change.
    expect(called?.toolCalls[0]?.state).toBe('called');
  });

  it('serves a signal: a value at once, one change per state, and the source stops with it', () => {
    const answer = new Subject<StreamChunk>();
    const signal = toSignal(answer.pipe(toState()));
    expect(signal.read()).toEqual(empty);
    answer.next(chunks.a);
    expect(signal.read().text).toBe('Hel');
    expect(signal.changes()).toBe(2);
    answer.next(text(''));
    expect(signal.changes()).toBe(2);
    signal.destroy();
    expect(answer.observed).toBe(false);
  });

  it('serves switchMap: a new prompt starts from waiting again', () => {
    const states: string[] = [];
    const result = from([chunks.a, chunks.f]).pipe(toState());
    concat(result, result).subscribe(({ status, text: said }) => states.push(`${status}:${said}`));
    expect(states).toEqual(['waiting:', 'streaming:Hel', 'done:Hel', 'waiting:', 'streaming:Hel', 'done:Hel']);
  });

  it('does not subscribe the source when the first state is enough', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a', chunks);
      expectObservable(source.pipe(toState(), take(1))).toBe('(w|)', { w: empty });
      expectSubscriptions(source.subscriptions).toBe([]);
    });
  });
});
