import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, type Observable, concat, of, range, take, tap, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { interceptToolCalls } from '../../operators/intercept-tool-calls.js';
import { limitToolOutput, limitToolTime } from '../../src/agent/interceptors.js';
import type { ToolSchema } from '../../src/agent/tool-schema.js';
import { type Tool, runTools, tool, toolDefinitions } from '../../src/agent/tools.js';
import type { StreamChunk, ToolCall } from '../../src/core/chunk.js';
import { chunkMetadata, finishChunk } from '../../src/core/chunk.js';
import { Demand, withDemand } from '../../src/core/demand.js';
import { isAgentError, isValidationError } from '../../src/core/errors.js';
import { type ToolEvent, type ToolInterceptor, result } from '../../src/core/tool.js';

const anyInput = z.object({});
const call: ToolCall = { toolCallId: 'call_1', toolName: 'probe', input: {} };

/** A tool that takes anything. */
function probe(execute: (input: unknown, context: { signal: AbortSignal; toolCallId: string }) => unknown): Tool {
  return tool({ name: 'probe', description: 'For tests.', parameters: anyInput, execute });
}

interface Run {
  readonly events: ToolEvent[];
  readonly ended: Promise<void>;
  readonly stop: () => void;
}

/** Runs a tool; `events` grows, `|` is `ended`. */
function start(one: Tool, input: unknown = {}): Run {
  const events: ToolEvent[] = [];
  let stop = (): void => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    const subscription = one.run({ ...call, toolName: one.name, input }).subscribe({ next: (event) => events.push(event), error: reject, complete: resolve });
    stop = () => subscription.unsubscribe();
  });
  return { events, ended, stop };
}

async function outcome(one: Tool, input?: unknown): Promise<ToolEvent[]> {
  const { events, ended } = start(one, input);
  await ended;
  return events;
}

const progress = (value: unknown): ToolEvent => ({ type: 'tool-progress', progress: value });

/** Lets everything that is due on the microtask queue, and one round of the event loop, happen. */
const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const unhandled: unknown[] = [];
/** No error may get here: `afterAll` looks. */
const note = (reason: unknown): void => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(async () => {
  await settle();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

/** A Standard Schema written by hand: an object with the number `n`, doubled by the check. */
const doubled: ToolSchema<{ n: number }, { n: number }> = {
  '~standard': {
    version: 1,
    vendor: 'hand',
    validate: (value) =>
      typeof value === 'object' && value !== null && 'n' in value && typeof value.n === 'number'
        ? { value: { n: value.n * 2 } }
        : { issues: [{ message: 'not a number', path: [{ key: 'n' }, 0] }, { message: 'at all' }] },
    jsonSchema: {
      input: ({ target }) => ({ $schema: target, type: 'object', properties: { n: { type: 'number' } } }),
      output: () => ({}),
    },
  },
};

describe('tool', () => {
  it('describes itself to the provider by the JSON Schema of its input', () => {
    const sum = tool({
      name: 'sum',
      description: 'Adds.',
      parameters: z.object({ left: z.number(), right: z.number().default(0) }),
      execute: ({ left, right }) => left + right,
    });
    expect(toolDefinitions([sum])).toEqual([
      {
        name: 'sum',
        description: 'Adds.',
        parameters: {
          type: 'object',
          properties: { left: { type: 'number' }, right: { type: 'number', default: 0 } },
          required: ['left'],
        },
      },
    ]);
    expect(sum.idempotent).toBe(false);
    expect('start' in sum).toBe(false);
  });

  it('gives execute the output of the schema, with its type, and the id of the call', async () => {
    const times = tool({
      name: 'times',
      description: '',
      parameters: z.object({ at: z.string().transform((text) => text.length) }),
      idempotent: true,
      start: 'after-step',
      // Compiles only when `at` is a number.
      execute: ({ at }, { toolCallId }) => `${toolCallId}: ${at.toFixed(1)}`,
    });
    expect(await outcome(times, { at: 'four' })).toEqual([result('call_1: 4.0')]);
    expect(times).toMatchObject({ idempotent: true, start: 'after-step' });
  });

  it('takes a Standard Schema written by hand', async () => {
    const one = tool({ name: 'double', description: '', parameters: doubled, execute: ({ n }) => n });
    expect(one.parameters).toEqual({ type: 'object', properties: { n: { type: 'number' } } });
    expect(await outcome(one, { n: 21 })).toEqual([result(42)]);
  });

  it.each(['', 'with space', 'a.b', 'ä', 'x'.repeat(65)])('refuses the name %p', (name) => {
    const make = (): Tool => tool({ name, description: '', parameters: anyInput, execute: () => 1 });
    expect(make).toThrow(/take 1 to 64 letters, digits, _ or -/);
  });

  it('refuses a schema without JSON Schema, one that is no object, one that cannot be written, and a missing execute', () => {
    // Each but the union is a type error too; callers without types get the sentence.
    const make = (parameters: unknown, execute: unknown = () => 1): (() => Tool) => () =>
      tool({ name: 'bad', description: '', parameters: parameters as typeof anyInput, execute: execute as () => unknown });
    expect(make(mini.object({}))).toThrow(/"bad" are not a Standard Schema with JSON Schema.*zod 4\.2/);
    expect(make({ type: 'object' })).toThrow(/not a Standard Schema/);
    expect(make(undefined)).toThrow(/not a Standard Schema/);
    expect(make(z.string())).toThrow(/no object schema \(type: "string"\).*wrap/);
    expect(make(z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]))).toThrow(/no object schema/);
    expect(make(z.object({ at: z.date() }))).toThrow(/have no JSON Schema/);
    expect(make(anyInput, null)).toThrow(/has no execute/);
    try {
      make(z.string())();
    } catch (error) {
      expect(isValidationError(error)).toBe(true);
    }
  });
});

describe('running a tool', () => {
  it('is synchronous where the schema and execute are', () => {
    expect(start(probe(() => ({ sum: 4 }))).events).toEqual([result({ sum: 4 })]);
  });

  it('tells the model what is wrong with its input, and does not execute', () => {
    let executed = false;
    const one = tool({
      name: 'weather',
      description: '',
      parameters: z.object({ city: z.string(), days: z.array(z.number()) }),
      execute: () => (executed = true),
    });
    const [event] = start(one, { days: [1, 'two'] }).events;
    expect(event).toMatchObject({ type: 'tool-result', isError: true });
    expect(event?.type === 'tool-result' && event.output).toMatch(/^Invalid input for "weather":\n- city: .+\n- days\.1: .+$/);
    expect(event?.type === 'tool-result' && isValidationError(event.error)).toBe(true);
    expect(executed).toBe(false);
    const byHand = tool({ name: 'double', description: '', parameters: doubled, execute: () => 1 });
    expect(start(byHand, {}).events[0]).toMatchObject({ output: 'Invalid input for "double":\n- n.0: not a number\n- at all' });
  });

  it('checks an input asynchronously where the schema does', async () => {
    const even = z.object({ n: z.number().refine(async (n) => Promise.resolve(n % 2 === 0), 'must be even') });
    const one = tool({ name: 'even', description: '', parameters: even, execute: ({ n }) => n });
    expect(await outcome(one, { n: 2 })).toEqual([result(2)]);
    expect(await outcome(one, { n: 3 })).toMatchObject([{ isError: true, output: 'Invalid input for "even":\n- n: must be even' }]);
  });

  it('lists ten issues at most', () => {
    const issues = Array.from({ length: 12 }, (_, index) => ({ message: `m${index}` }));
    const schema: ToolSchema = { '~standard': { ...doubled['~standard'], types: undefined, validate: () => ({ issues }) } };
    const [event] = start(tool({ name: 'many', description: '', parameters: schema, execute: () => 1 })).events;
    expect(event?.type === 'tool-result' && String(event.output).split('\n').slice(-2)).toEqual(['- m9', '- and 2 more']);
  });

  it('takes a Promise, also of an Observable', async () => {
    expect(await outcome(probe(() => Promise.resolve([1, 2])))).toEqual([result([1, 2])]);
    expect(await outcome(probe(async () => Promise.resolve(of(1, 2))))).toEqual([progress(1), result(2)]);
  });

  it('takes a foreign thenable whose then returns nothing', async () => {
    const thenable = { then: (resolve: (value: unknown) => void): void => queueMicrotask(() => resolve('later')) };
    expect(await outcome(probe(() => thenable))).toEqual([result('later')]);
  });

  it('makes each value of an Observable but the last progress, and the last the result', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, expectObservable, expectSubscriptions }) => {
      const values = cold('-1-2-3---|    ', { 1: 10, 2: 20, 3: 30 });
      const sub = '        ^--------!    ';
      const expected = '   ---a-b---(c|) ';
      expectObservable(probe(() => values).run(call)).toBe(expected, { a: progress(10), b: progress(20), c: result(30) });
      expectSubscriptions(values.subscriptions).toBe(sub);
    });
  });

  it('does the same with an AsyncIterable; the return value of a generator counts as its last', async () => {
    const yields = probe(async function* () {
      yield 'a';
      yield await Promise.resolve('b');
    });
    expect(await outcome(yields)).toEqual([progress('a'), result('b')]);
    const returns = probe(async function* () {
      yield await Promise.resolve('a');
      return 'b';
    });
    expect(await outcome(returns)).toEqual([progress('a'), result('b')]);
  });

  it('takes strings and arrays as one value', () => {
    expect(start(probe(() => 'abc')).events).toEqual([result('abc')]);
    expect(start(probe(() => ['a', 'b'])).events).toEqual([result(['a', 'b'])]);
  });

  it('gives null where there is no value', async () => {
    expect(start(probe(() => undefined)).events).toEqual([result(null)]);
    expect(start(probe(() => EMPTY)).events).toEqual([result(null)]);
    expect(await outcome(probe(async function* () {}))).toEqual([result(null)]);
  });

  it.each<[string, (error: Error) => unknown]>([
    ['a throw', (error) => { throw error; }], // prettier-ignore
    ['a rejection', (error) => Promise.reject(error)],
    ['an Observable that errors', (error) => concat(of(1, 2), throwError(() => error))],
    [
      'an iterator that fails',
      async function* (error) {
        yield await Promise.resolve(1);
        throw error;
      },
    ],
  ])('makes %s an error result that carries the error', async (_title, execute) => {
    const error = new Error('no such city');
    const events = await outcome(probe(() => execute(error)));
    const last = events.at(-1);
    expect(last).toEqual({ type: 'tool-result', isError: true, output: 'The tool "probe" failed: no such city', error });
    expect(last?.type === 'tool-result' && last.error).toBe(error);
  });

  it('takes an Error as its value for a failure', () => {
    const error = new TypeError('no such city');
    expect(start(probe(() => error)).events).toEqual([{ type: 'tool-result', isError: true, output: 'The tool "probe" failed: no such city', error }]);
  });

  it('takes data of any class that JSON can hold, and empty objects', () => {
    class Point { x = 1; } // prettier-ignore
    expect(start(probe(() => new Point())).events).toEqual([result(new Point())]);
    expect(start(probe(() => new Date(0))).events).toEqual([result(new Date(0))]);
    expect(start(probe(() => ({}))).events).toEqual([result({})]);
    expect(start(probe(() => Object.create(null))).events).toMatchObject([{ isError: false }]);
  });

  it('says something where what was thrown says nothing', () => {
    const thrower = (what: unknown): Tool =>
      probe(() => {
        throw what;
      });
    expect(start(thrower('plain')).events[0]).toMatchObject({ output: 'The tool "probe" failed: plain', error: 'plain' });
    expect(start(thrower(Object.create(null))).events[0]).toMatchObject({ output: 'The tool "probe" failed: no reason was given' });
    expect(start(thrower(undefined)).events[0]).toMatchObject({ isError: true });
  });

  it.each<[string, () => unknown]>([
    ['a BigInt', () => ({ n: 1n })],
    ['a cycle', () => { const a: Record<string, unknown> = {}; a['self'] = a; return a; }], // prettier-ignore
    ['a function', () => () => 1],
    ['a symbol', () => Symbol('s')],
    ['a Map', () => new Map([['a', 1]])],
    ['a Set', () => new Set([1])],
    ['a Response that nobody read', () => new Response('{}')],
    ['a generator that is not async', function* () { yield 1; }], // prettier-ignore
  ])('makes a result that JSON cannot hold (%s) an error result', (_title, make) => {
    const [event] = start(probe(make)).events;
    expect(event).toMatchObject({ type: 'tool-result', isError: true });
    expect(event?.type === 'tool-result' && event.output).toMatch(/^The result of "probe" cannot be written as JSON: ./);
    expect(event?.type === 'tool-result' && isAgentError(event.error)).toBe(true);
  });
});

describe('leaving a tool', () => {
  it('aborts its signal on unsubscribe, and not after it has ended', async () => {
    let left: AbortSignal | undefined;
    const { stop } = start(probe((_, { signal }) => ((left = signal), NEVER)));
    expect(left?.aborted).toBe(false);
    stop();
    expect(left?.aborted).toBe(true);

    let ended: AbortSignal | undefined;
    const other = probe((_, { signal }) => ((ended = signal), Promise.resolve(1)));
    const finish = finishChunk({ finishReason: 'tool-calls' }, chunkMetadata('run_1'), 0);
    // The operator unsubscribes while the result is being delivered.
    await of<StreamChunk[]>(callChunk, finish)
      .pipe(interceptToolCalls(runTools(() => other)))
      .forEach(() => undefined);
    expect(ended?.aborted).toBe(false);
  });

  it.each<[string, (late: Promise<unknown>) => unknown]>([
    ['a Promise', (late) => late],
    [
      'an iterator',
      async function* (late) {
        yield await late;
      },
    ],
  ])('hears nothing of %s that ignores the signal and resolves or rejects later', async (_title, execute) => {
    for (const isRejected of [false, true]) {
      let finish = (): void => undefined;
      const late = new Promise((resolve, reject) => {
        finish = () => (isRejected ? reject(new Error('late')) : resolve('late'));
      });
      const { events, stop } = start(probe(() => execute(late)));
      await settle();
      stop();
      finish();
      await settle();
      expect(events).toEqual([]);
    }
    // `afterAll` sees that no rejection went unhandled.
    expect(unhandled).toEqual([]);
  });

  it('calls return() of the iterator once and waits for nothing; what it throws there is nobody\'s', async () => {
    let returned = 0;
    const iterable = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<unknown>>(() => undefined),
        return: () => {
          returned++;
          return Promise.reject(new Error('in return'));
        },
      }),
    };
    start(probe(() => iterable)).stop();
    expect(returned).toBe(1);
    await settle();
    expect(unhandled).toEqual([]);
  });

  it('runs the finally of a generator that stands at a yield', async () => {
    const log: string[] = [];
    const demand = new Demand();
    const one = probe(async function* () {
      try {
        yield await Promise.resolve(1);
        yield 2;
        yield 3;
      } finally {
        log.push('finally');
      }
    });
    const subscription = withDemand(demand, () => one.run(call).subscribe());
    demand.pause();
    await settle();
    expect(log).toEqual([]);
    subscription.unsubscribe();
    await settle();
    expect(log).toEqual(['finally']);
  });

  it('does not execute at all when it is left while the input is being checked', async () => {
    let executed = false;
    const slow = z.object({}).refine(async () => Promise.resolve(true));
    start(tool({ name: 'probe', description: '', parameters: slow, execute: () => (executed = true) })).stop();
    await settle();
    expect(executed).toBe(false);
  });
});

describe('a slow consumer', () => {
  it('is not outrun by an iterable: nothing is pulled while the demand is shut', async () => {
    let pulled = 0;
    const one = probe(async function* () {
      for (; ; pulled++) yield await Promise.resolve(pulled);
    });
    const demand = new Demand();
    const events: ToolEvent[] = [];
    const subscription = withDemand(demand, () =>
      one.run(call).subscribe({
        next: (event) => {
          events.push(event);
          if (events.length % 3 === 0) demand.pause();
        },
        error: note,
      }),
    );
    await settle();
    expect([events.length, pulled]).toEqual([3, 3]);
    demand.resume();
    await settle();
    expect([events.length, pulled]).toEqual([6, 6]);
    demand.resume();
    demand.pause();
    await settle();
    // Woken and shut again before it could pull.
    expect(pulled).toBe(6);
    subscription.unsubscribe();
    demand.release();
  });

  it('is told of each of many values as the next one comes: one is held, to know the last, and no more', () => {
    let emitted = 0;
    let received = 0;
    let mostHeld = 0;
    const values = range(0, 100_000).pipe(tap(() => emitted++));
    probe(() => values)
      .run(call)
      .subscribe({
        next: () => {
          received++;
          mostHeld = Math.max(mostHeld, emitted - received);
        },
        error: note,
      });
    expect([received, mostHeld]).toEqual([100_000, 1]);
  });
});

const callChunk: StreamChunk = {
  type: 'tool-call',
  content: '',
  isFinal: false,
  timestamp: 0,
  metadata: chunkMetadata('run_1'),
  ...call,
};

/** The last event that an interceptor makes of what the tool does. */
function intercepted(interceptor: ToolInterceptor, run: Observable<ToolEvent>): Observable<ToolEvent> {
  // An interceptor of ours returns an Observable.
  return interceptor(call, () => run) as Observable<ToolEvent>;
}

describe('runTools', () => {
  it('runs the tool that the call names, looked up at the call', () => {
    const tools = new Map<string, Tool>();
    const run = runTools((name) => tools.get(name));
    tools.set(
      'probe',
      probe(() => 'found'),
    );
    const got: StreamChunk[] = [];
    of(callChunk)
      .pipe(interceptToolCalls(run))
      .subscribe({ next: (chunk) => got.push(chunk), error: note });
    expect(got[1]).toMatchObject({ type: 'tool-result', output: 'found', isError: false, toolCallId: 'call_1' });
  });

  it('answers a call to no tool by an error result that names those there are', () => {
    const outputs: unknown[] = [];
    const names = ['sum', 'weather'];
    for (const run of [runTools(() => undefined, () => names), runTools(() => undefined)]) {
      intercepted(run, NEVER).subscribe({
        next: (event) => outputs.push(event.type === 'tool-result' && [event.output, event.isError]),
        error: note,
      });
    }
    expect(outputs).toEqual([
      ['No tool named "probe" exists. Available: sum, weather.', true],
      ['No tool named "probe" exists. There are no tools.', true],
    ]);
  });
});

describe('limitToolTime', () => {
  it('stops a tool that takes too long and tells the model', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, expectObservable, expectSubscriptions }) => {
      const slow = cold('  -p-------(r|)', { p: progress(1), r: result(1) });
      const sub = '        ^----!       ';
      const expected = '   -p---(e|)    ';
      const output = 'The tool "probe" was stopped: it took longer than 5 ms.';
      expectObservable(intercepted(limitToolTime(5), slow)).toBe(expected, {
        p: progress(1),
        e: { type: 'tool-result', isError: true, output },
      });
      expectSubscriptions(slow.subscriptions).toBe(sub);
    });
  });

  it('leaves a tool alone that ends in time, and its clock with it', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ cold, expectObservable }) => {
      expectObservable(intercepted(limitToolTime(5), cold('--(r|)', { r: result(1) }))).toBe('--(r|)', { r: result(1) });
    });
  });

  it('aborts the signal of the tool', () => {
    const scheduler = new TestScheduler(() => undefined);
    scheduler.run(({ flush }) => {
      let aborted: number | undefined;
      const one = probe((_, { signal }) => {
        signal.addEventListener('abort', () => (aborted = scheduler.now()));
        return NEVER;
      });
      intercepted(limitToolTime(100), one.run(call)).subscribe();
      flush();
      expect(aborted).toBe(100);
    });
  });

  it.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])('refuses %p ms', (limitMs) => {
    expect(() => limitToolTime(limitMs)).toThrow(/give milliseconds above 0/);
  });
});

describe('limitToolOutput', () => {
  const cut = (output: unknown, max: number): unknown => {
    let got: unknown;
    intercepted(limitToolOutput(max), of(progress('long progress'), result(output))).subscribe({
      next: (event) => {
        if (event.type === 'tool-result') got = event.output;
      },
      error: note,
    });
    return got;
  };

  it('keeps the beginning of a long text and says how much is missing', () => {
    expect(cut('0123456789', 10)).toBe('0123456789');
    expect(cut('0123456789', 4)).toBe('0123\n[cut: 6 of 10 characters are left out]');
  });

  it('cuts other data as JSON, and leaves it as it is where it is short', () => {
    const data = { rows: [1, 2, 3] };
    expect(cut(data, 100)).toBe(data);
    expect(cut(data, 8)).toBe('{"rows":\n[cut: 8 of 16 characters are left out]');
    expect(cut(null, 100)).toBe(null);
  });

  it('never cuts a character in half', () => {
    expect(cut('ab😀cd', 3)).toBe('ab\n[cut: 4 of 6 characters are left out]');
  });

  it.each([0, 1.5, Number.NaN])('refuses %p characters', (max) => {
    expect(() => limitToolOutput(max)).toThrow(/whole number of characters/);
  });
});

describe('tools in a stream', () => {
  it('run wholly in virtual time', () => {
    const log: string[] = [];
    const scheduler = new TestScheduler(() => undefined);
    scheduler.run(({ flush }) => {
      const one = probe(() => timer(10, 10).pipe(take(3)));
      const source = of<StreamChunk[]>(callChunk, finishChunk({ finishReason: 'tool-calls' }, chunkMetadata('run_1'), 0));
      source.pipe(interceptToolCalls(runTools(() => one))).subscribe({ next: (chunk) => log.push(`${scheduler.now()} ${chunk.type}`), error: note });
      flush();
    });
    expect(log).toEqual(['0 tool-call', '20 tool-progress', '30 tool-progress', '30 tool-result', '30 finish']);
  });
});
