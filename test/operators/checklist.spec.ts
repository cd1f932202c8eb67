import { describe, expect, it } from '@jest/globals';
import {
  concat,
  EMPTY,
  from,
  materialize,
  mergeMap,
  NEVER,
  Observable,
  of,
  type OperatorFunction,
  repeat,
  retry,
  type SchedulerLike,
  skip,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import * as operators from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { withDemand } from '../../src/core/demand.js';
import { isStreamInterrupted } from '../../src/core/errors.js';
import type { StandardSchemaV1 } from '../../src/core/standard-schema.js';
import { CountedResources, type Held } from './resources.js';
import { chunks, finish, restart, text, toolCall, virtually } from './support.js';

type Operator = OperatorFunction<StreamChunk, unknown>;

/** What differs between operators; every check below runs for every entry. */
interface Entry {
  readonly make: (resources?: { readonly scheduler?: SchedulerLike; readonly signal?: AbortSignal }) => Operator;
  /** Notifications (N next, E error, C complete) for no chunk, for one `finish`, and for three texts and `finish`. */
  readonly empty: string;
  readonly one: string;
  readonly many: string;
  /** What becomes of a source's error after the first chunk. Before it, every operator passes it by identity. */
  readonly lateError?: 'wrapped';
  /** Never errors: the last value holds the source's error. */
  readonly errorAsValue?: true;
  /** Reads JSON: its texts are those of `jsonChunks`. */
  readonly readsJson?: true;
  /** Makes a text one that the operator lets out as soon as it comes. */
  readonly fit?: (content: string) => string;
  /** What it holds while it runs, besides its source. */
  readonly holds?: Partial<Held>;
  /** An operator whose user callback throws, and the chunk that makes it be called. */
  readonly callback?: { readonly make: (callback: () => never) => Operator; readonly chunk: StreamChunk };
}

/** A schema that takes everything; `look` is called when it is asked. */
function anything(look: () => void): StandardSchemaV1 {
  const validate = (value: unknown): { readonly value: unknown } => {
    look();
    return { value };
  };
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

const asLine = (content: string): string => `${content}\n`;

const passThrough = { empty: 'C', one: 'NC', many: 'NNNNC' } as const;

const table: Readonly<Record<keyof typeof operators, Entry>> = {
  accumulate: { ...passThrough, make: ({ scheduler } = {}) => operators.accumulate({ ...(scheduler && { scheduler }) }) },
  fallbackTo: {
    ...passThrough,
    make: () => operators.fallbackTo({ next: [() => NEVER], mode: 'restart' }),
    callback: {
      make: (callback) => operators.fallbackTo({ next: [() => NEVER], mode: 'restart', isIdempotent: callback }),
      chunk: toolCall('call_1'),
    },
  },
  hedge: {
    ...passThrough,
    make: ({ scheduler } = {}) => operators.hedge([() => NEVER], { afterMs: 1_000, ...(scheduler && { scheduler }) }),
  },
  partialObject: {
    ...passThrough,
    make: () => operators.partialObject(anything(() => undefined)),
    one: 'E',
    readsJson: true,
    callback: { make: (callback) => operators.partialObject(anything(callback)), chunk: { ...finish(), content: '{}' } },
  },
  redact: {
    ...passThrough,
    make: () => operators.redact(['secret', { pattern: /z{6,9}/, maxLength: 9 }]),
    callback: { make: (callback) => operators.redact(['Hel'], { replacement: callback }), chunk: chunks.a },
  },
  replaceText: {
    ...passThrough,
    make: () => operators.replaceText('secret', '[…]'),
    callback: { make: (callback) => operators.replaceText('Hel', callback), chunk: chunks.a },
  },
  retryInterrupted: {
    ...passThrough,
    make: ({ scheduler } = {}) => operators.retryInterrupted({ mode: 'restart', ...(scheduler && { scheduler }) }),
    callback: {
      make: (callback) => operators.retryInterrupted({ mode: 'restart', isIdempotent: callback }),
      chunk: toolCall('call_1'),
    },
  },
  toState: {
    // The first state comes before the source is subscribed; toState's own spec looks at it.
    make: () => (source) => source.pipe(operators.toState(), skip(1)),
    empty: 'NC',
    one: 'NC',
    many: 'NNNNC',
    errorAsValue: true,
  },
  bufferText: {
    ...passThrough,
    make: ({ scheduler } = {}) => operators.bufferText({ maxChars: 4, maxDelayMs: 50, ...(scheduler && { scheduler }) }),
    fit: (content) => content.padEnd(4),
  },
  checkText: {
    ...passThrough,
    make: () => operators.checkText(() => true),
    holds: { demandListeners: 1 },
    callback: { make: (callback) => operators.checkText(callback), chunk: chunks.a },
  },
  chunkTimeout: {
    ...passThrough,
    make: ({ scheduler } = {}) => operators.chunkTimeout({ first: 1_000, each: 1_000, total: 9_000, ...(scheduler && { scheduler }) }),
    holds: { timers: 1, demandListeners: 1 },
  },
  interceptToolCalls: {
    ...passThrough,
    make: () => operators.interceptToolCalls((call, next) => next(call)),
    holds: { demandListeners: 1 },
    callback: { make: (callback) => operators.interceptToolCalls(callback), chunk: toolCall('call_1') },
  },
  lines: { ...passThrough, make: () => operators.lines(), fit: asLine },
  mapInterruption: { ...passThrough, make: () => operators.mapInterruption(), empty: 'E', lateError: 'wrapped' },
  measure: {
    ...passThrough,
    make: ({ scheduler } = {}) => operators.measure(() => undefined, { intervalMs: 0, ...(scheduler && { scheduler }) }),
    holds: { demandListeners: 1 },
    callback: { make: (callback) => operators.measure(callback), chunk: chunks.a },
  },
  progress: {
    make: ({ scheduler } = {}) => operators.progress({ intervalMs: 0, ...(scheduler && { scheduler }) }),
    empty: 'NC',
    one: 'NNC',
    many: 'NNNNNC',
    holds: { demandListeners: 1 },
  },
  sentences: { ...passThrough, make: () => operators.sentences(), fit: asLine },
  smooth: {
    ...passThrough,
    make: ({ scheduler } = {}) => operators.smooth({ charsPerSecond: Infinity, ...(scheduler && { scheduler }) }),
    fit: asLine,
    holds: { demandListeners: 1 },
  },
  text: {
    make: () => operators.text(),
    empty: 'C',
    one: 'C',
    many: 'NNNC',
    callback: { make: (callback) => operators.text({ onRestart: callback }), chunk: restart() },
  },
  throwOnAbort: {
    ...passThrough,
    make: ({ signal } = {}) => operators.throwOnAbort(signal ?? new AbortController().signal),
    holds: { signalListeners: 1 },
  },
  words: { ...passThrough, make: () => operators.words(), fit: (content) => asLine(content.trim()) },
  verifyStream: { ...passThrough, make: () => operators.verifyStream(), empty: 'E' },
};

const boom = new RangeError('boom');
const answer = [chunks.a, chunks.b, chunks.c, chunks.f];
/** The short answer as a JSON text that changes its value with every chunk. */
const jsonChunks = { a: text('["Hel'), b: text('lo '), c: text('you"]'), f: finish() };

/** The part of an output that tells two subscriptions' states apart. */
function view(output: unknown): unknown {
  if (typeof output !== 'object' || output === null) return output;
  if ('completeText' in output) return output.completeText;
  if ('status' in output && 'text' in output) return [output.status, output.text];
  if ('characterCount' in output) return output.characterCount;
  return 'content' in output ? output.content : output;
}

function kinds(result: Observable<unknown>): string {
  let seen = '';
  result.pipe(materialize()).subscribe(({ kind }) => (seen += kind));
  return seen;
}

function outputs(result: Observable<unknown>): unknown[] {
  const seen: unknown[] = [];
  result.subscribe({ next: (value) => seen.push(view(value)), error: () => seen.push('error') });
  return seen;
}

function errorOf(result: Observable<unknown>): unknown {
  let seen: unknown = 'no error';
  result.subscribe({ error: (error: unknown) => (seen = error) });
  return seen;
}

function lastOf(result: Observable<unknown>): unknown {
  let last: unknown;
  result.subscribe((value) => (last = value));
  return last;
}

const nothing: Held = { timers: 0, signalListeners: 0, demandListeners: 0, subscriptions: 0 };

it('has an entry for every exported operator', () => {
  const exported = Object.entries(operators).filter(([, value]) => typeof value === 'function');
  expect(exported.map(([name]) => name).sort()).toEqual(Object.keys(table).sort());
});

describe.each(Object.entries(table))('%s', (_name, entry) => {
  const fit = entry.fit ?? ((content) => content);
  const fitted = { a: text(fit('Hel')), b: text(fit('lo ')), c: text(fit('you')), f: finish() };
  const letters = entry.readsJson ? jsonChunks : fitted;
  const answer = Object.values(letters);

  it('takes an empty source, one chunk and many', () => {
    expect(kinds(EMPTY.pipe(entry.make()))).toBe(entry.empty);
    expect(kinds(of(finish()).pipe(entry.make()))).toBe(entry.one);
    expect(kinds(from(answer).pipe(entry.make()))).toBe(entry.many);
  });

  it('stays silent on a source that never emits, and unsubscribes it', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<StreamChunk>('---');
      expectObservable(source.pipe(entry.make()), '^--!').toBe('---');
      expectSubscriptions(source.subscriptions).toBe('  ^--!');
    });
  });

  it('passes an error before the first chunk by identity', () => {
    const failing = throwError(() => boom);
    if (entry.errorAsValue) expect(lastOf(failing.pipe(entry.make()))).toMatchObject({ error: boom });
    else expect(errorOf(failing.pipe(entry.make()))).toBe(boom);
  });

  it('ends with an error after the chunks that came', () => {
    const failing = concat(of(letters.a, letters.b), throwError(() => boom));
    if (entry.errorAsValue) {
      expect(kinds(failing.pipe(entry.make()))).toBe('NNNC');
      expect(lastOf(failing.pipe(entry.make()))).toMatchObject({ error: boom });
      return;
    }
    expect(kinds(failing.pipe(entry.make()))).toBe('NNE');
    const error = errorOf(failing.pipe(entry.make()));
    if (entry.lateError === undefined) expect(error).toBe(boom);
    else expect(isStreamInterrupted(error) && error.cause).toBe(boom);
  });

  it('unsubscribes the source early, also in the middle of a chain', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<StreamChunk>('                     -a---b---c---(f|)', letters);
      const result = source.pipe(
        mergeMap((chunk) => of(chunk)),
        entry.make(),
        mergeMap(() => of('x')),
      );
      expectObservable(result, '                            ^-----!').toBe('-x---x-');
      expectSubscriptions(source.subscriptions).toBe('      ^-----!');
    });
  });

  it('stops listening to a synchronous source when the consumer has enough', () => {
    let rounds = 0;
    const source = new Observable<StreamChunk>((subscriber) => {
      for (let index = 0; index < 10 && !subscriber.closed; index++) {
        rounds++;
        subscriber.next(text(index === 0 && entry.readsJson ? '["0' : fit(`${index}`)));
      }
    });
    expect(kinds(source.pipe(entry.make(), take(3)))).toBe('NNNC');
    expect(rounds).toBe(3);
  });

  it('keeps the state of each subscription apart', () => {
    const expected = outputs(from(answer).pipe(entry.make()));
    const operator = entry.make();
    const first = new Subject<StreamChunk>();
    const second = new Subject<StreamChunk>();
    const results = [outputs(first.pipe(operator)), outputs(second.pipe(operator)), outputs(first.pipe(operator))];
    for (const chunk of answer) {
      first.next(chunk);
      second.next(chunk);
    }
    first.complete();
    second.complete();
    expect(results).toEqual([expected, expected, expected]);
  });

  it('starts anew for retry, repeat and a second subscriber after an early end', () => {
    const whole = from(answer);
    const expected = outputs(whole.pipe(entry.make()));
    expect(outputs(whole.pipe(entry.make(), repeat(2)))).toEqual([...expected, ...expected]);

    let attempt = 0;
    const failsOnce = new Observable<StreamChunk>((subscriber) => {
      if (attempt++ === 0) concat(of(letters.a), throwError(() => boom)).subscribe(subscriber);
      else whole.subscribe(subscriber);
    });
    if (entry.errorAsValue !== true) expect(outputs(failsOnce.pipe(entry.make(), retry(1)))).toEqual([expected[0], ...expected]);

    const result = whole.pipe(entry.make());
    expect(outputs(result.pipe(take(1)))).toEqual(expected.slice(0, 1));
    expect(outputs(result)).toEqual(expected);
  });

  it('ends once, whatever the source does after its end', () => {
    const unruly = new Observable<StreamChunk>((subscriber) => {
      for (const chunk of answer) subscriber.next(chunk);
      subscriber.complete();
      /* eslint-disable rxjs-x/no-redundant-notify -- what a source does against the rules is the point here */
      subscriber.next(letters.a);
      subscriber.error(boom);
      subscriber.complete();
      /* eslint-enable rxjs-x/no-redundant-notify */
    });
    expect(kinds(unruly.pipe(entry.make()))).toBe(entry.many);
  });

  it('lets the consumer unsubscribe inside next', () => {
    const subject = new Subject<StreamChunk>();
    let count = 0;
    const subscription = subject.pipe(entry.make()).subscribe(() => {
      count++;
      subscription.unsubscribe();
    });
    for (const chunk of answer) subject.next(chunk);
    subject.complete();
    expect(count).toBe(1);
    expect(subject.observed).toBe(false);
  });

  it('takes chunks that the consumer pushes into the source inside next', () => {
    const subject = new Subject<StreamChunk>();
    const queue = [letters.b, letters.c];
    let count = 0;
    const subscription = subject.pipe(entry.make()).subscribe(() => {
      count++;
      const next = queue.shift();
      if (next !== undefined) subject.next(next);
    });
    subject.next(letters.a);
    subscription.unsubscribe();
    expect(count).toBe(3);
  });

  it.each<[string, (subject: Subject<StreamChunk>) => void]>([
    ['completion', (subject) => subject.complete()],
    ['an error', (subject) => subject.error(boom)],
    ['unsubscribing', () => undefined],
  ])('leaves no timer, listener or subscription after %s', (_ending, end) => {
    const resources = new CountedResources();
    const subject = new Subject<StreamChunk>();
    const subscription = withDemand(resources.demand, () =>
      resources.source(subject).pipe(entry.make(resources)).subscribe({ error: () => undefined }),
    );
    // In the middle of the answer: some hold nothing any more once its `finish` has passed.
    for (const chunk of answer.filter(({ isFinal }) => !isFinal)) subject.next(chunk);
    expect(resources.held).toEqual({ ...nothing, ...entry.holds, subscriptions: 1 });
    end(subject);
    subscription.unsubscribe();
    expect(resources.held).toEqual(nothing);
  });
});

const withCallback = Object.entries(table).flatMap(([name, { callback }]) => (callback === undefined ? [] : [{ name, ...callback }]));

it.each(withCallback)('$name sends what a user callback throws to the error channel', ({ make, chunk }) => {
  const resources = new CountedResources();
  const throwing = make(() => {
    throw boom;
  });
  expect(errorOf(resources.source(concat(of(chunk), NEVER)).pipe(throwing))).toBe(boom);
  expect(resources.held.subscriptions).toBe(0);
});

it('infers the types of a pipe without annotation', () => {
  const result = from(answer).pipe(
    operators.chunkTimeout({ each: 1_000 }),
    operators.throwOnAbort(new AbortController().signal),
    operators.verifyStream(),
    operators.mapInterruption(),
    operators.measure((metrics) => metrics.tokensPerSecond?.toFixed(1)),
    operators.text(),
    toArray(),
  );
  let pieces: string[] = [];
  result.subscribe((all: string[]) => (pieces = all));
  expect(pieces.join('')).toBe('Hello you');
});
