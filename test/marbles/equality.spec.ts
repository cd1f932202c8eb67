import { describe, expect, it } from '@jest/globals';
import { chunk } from '../../marbles/alphabet.js';
import { equalValues, like } from '../../marbles/equality.js';
import { InvalidRequestError, type InterruptionReason, ProviderError, StreamInterruptedError, ValidationError } from '../../src/core/errors.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { StreamingResponse } from '../../src/core/response.js';

function snapshotOf(...texts: string[]): unknown {
  const response = new StreamingResponse({ now: () => 0 });
  for (const text of texts) response.addChunk(chunk.text(text));
  return response.snapshot();
}

function interruption(reason: InterruptionReason, text: string, streamId = 'run'): StreamInterruptedError {
  const partial = new StreamingResponse();
  partial.addChunk({ ...chunk.text(text), metadata: { streamId } });
  return new StreamInterruptedError('cut', { reason, partial });
}

function interruptionAfter(...pieces: StreamChunk[]): StreamInterruptedError {
  const partial = new StreamingResponse();
  for (const piece of [chunk.text('a'), ...pieces]) partial.addChunk(piece);
  return new StreamInterruptedError('cut', { reason: 'failed', partial });
}

const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };

/** Its amount cannot be seen. */
class Money {
  readonly #amount: number;

  constructor(amount: number) {
    this.#amount = amount;
  }

  get currency(): string {
    return 'EUR';
  }

  isFree(): boolean {
    return this.#amount === 0;
  }
}

class NamedMap extends Map<number, number> {
  readonly name: string;

  constructor(name: string) {
    super([[1, 2]]);
    this.name = name;
  }
}

function form(...values: string[]): FormData {
  const data = new FormData();
  for (const value of values) data.append('x', value);
  return data;
}

function sharedBytes(byte: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(1);
  new Uint8Array(buffer)[0] = byte;
  return buffer;
}

function throwing(message: string): object {
  return {
    get a() {
      throw new Error(message);
    },
  };
}

function refusal(fields: object): ProviderError {
  return new ProviderError('refused', { provider: 'p', model: 'm', ...fields });
}

/** An object that holds itself `depth` levels down. */
function ring(name: string, depth = 0): object {
  const outer: { name: string; next?: object } = { name };
  outer.next = depth === 0 ? outer : { name, next: outer };
  return outer;
}

describe('equalValues', () => {
  it.each([
    ['chunks of another time and run', chunk.text('a'), { ...chunk.text('a'), timestamp: 9, metadata: { streamId: 'x' } }],
    ['absent and undefined fields', { a: 1 }, { a: 1, b: undefined }],
    ['nested structures', { a: [1, { b: NaN }] }, { a: [1, { b: NaN }] }],
    ['errors of the same name and message', new TypeError('x'), new TypeError('x')],
    ['snapshots of the same text', snapshotOf('a', 'b'), snapshotOf('a', 'b')],
    ['Maps in another order', new Map([[1, { a: 1 }], [2, { a: 2 }]]), new Map([[2, { a: 2 }], [1, { a: 1 }]])],
    ['Sets of equal objects', new Set([{ a: 1 }]), new Set([{ a: 1 }])],
    ['bytes in buffers of another size', new Uint8Array([9, 1, 2]).subarray(1), new Uint8Array([1, 2])],
    ['invalid dates', new Date(NaN), new Date(NaN)],
    ['errors with other causes', new Error('x', { cause: 1 }), new Error('x', { cause: 2 })],
    ['interruptions of other runs', interruption('failed', 'a', 'run_1'), interruption('failed', 'a', 'run_2')],
    ['rings of another length that read the same', ring('a'), ring('a', 1)],
    ['interruptions after the same tool call', interruptionAfter(chunk.toolCall('f', { a: 1 })), interruptionAfter(chunk.toolCall('f', { a: 1 }))],
    ['objects around one value', new Number(1), new Number(1)],
    ['regular expressions', /a/g, /a/g],
    ['getters that throw the same', throwing('x'), throwing('x')],
    ['Maps with fields', new NamedMap('a'), new NamedMap('a')],
  ])('takes as equal: %s', (_, actual, expected) => {
    expect(equalValues(actual, expected)).toBe(true);
  });

  it.each([
    ['text', chunk.text('a'), chunk.text('b')],
    ['kinds', chunk.text('a'), chunk.reasoning('a')],
    ['a further field', { a: 1, b: 2 }, { a: 1 }],
    ['errors', new TypeError('x'), new TypeError('y')],
    ['snapshots, whose state is behind getters', snapshotOf('a', 'b'), snapshotOf('a', 'c')],
    ['an array and an object', [1], { 0: 1 }],
    ['null and an object', null, {}],
    ['dates', new Date(1), new Date(2)],
    ['an invalid date', new Date(NaN), new Date(1)],
    ['the values of Maps', new Map([['a', 1]]), new Map([['a', 2]])],
    ['the keys of Maps', new Map([['a', 1]]), new Map([['b', 1]])],
    ['a Map with a further key', new Map([['a', 1], ['b', 2]]), new Map([['a', 1]])],
    ['Sets', new Set([1]), new Set([2])],
    ['query parameters', new URLSearchParams('a=1'), new URLSearchParams('a=2')],
    ['typed arrays', new Uint8Array([1, 2]), new Uint8Array([1, 3])],
    ['typed arrays of another length', new Uint8Array([1, 0]), new Uint8Array([1])],
    ['buffers', new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
    ['NaN and null', NaN, null],
    ['arrays that end in undefined', [1, undefined], [1]],
    ['symbol keys', { [Symbol.for('k')]: 1 }, { [Symbol.for('k')]: 2 }],
    ['promises, of which nothing can be seen', Promise.resolve(1), Promise.resolve(2)],
    ['the status of errors', refusal({ status: 500 }), refusal({ status: 503 })],
    ['the code of errors', refusal({ code: 'a' }), refusal({ code: 'b' })],
    ['retryable errors', refusal({ retryable: true }), refusal({ retryable: false })],
    ['the class of errors', refusal({}), new InvalidRequestError('refused', { provider: 'p', model: 'm' })],
    ['own fields of any error', Object.assign(new Error('x'), { code: 'A' }), Object.assign(new Error('x'), { code: 'B' })],
    ['the reason of interruptions', interruption('aborted', 'a'), interruption('failed', 'a')],
    ['the partial answer of interruptions', interruption('failed', 'a'), interruption('failed', 'b')],
    ['the partial object of validation errors', new ValidationError('x', { partial: 1 }), new ValidationError('x', { partial: 2 })],
    ['the errors of an AggregateError', new AggregateError([1], 'x'), new AggregateError([2], 'x')],
    ['rings with other names', ring('a'), { name: 'a', next: ring('b') }],
    ['own timestamps of things that are no chunks', { timestamp: 1 }, { timestamp: 2 }],
    ['interruptions after another tool call', interruptionAfter(chunk.toolCall('f', { a: 1 })), interruptionAfter(chunk.toolCall('f', { a: 2 }))],
    ['interruptions with and without reasoning', interruptionAfter(chunk.reasoning('hm')), interruptionAfter()],
    ['interruptions with and without usage', interruptionAfter(chunk.step('stop', { usage })), interruptionAfter()],
    ['interruptions with and without a finish', interruptionAfter(chunk.finish()), interruptionAfter()],
    ['objects with private state', new Money(1), new Money(2)],
    ['the order of query parameters', new URLSearchParams('a=1&a=2'), new URLSearchParams('a=2&a=1')],
    ['the order of form fields', form('1', '2'), form('2', '1')],
    ['own fields of a Map', new NamedMap('a'), new NamedMap('b')],
    ['shared buffers', sharedBytes(1), sharedBytes(2)],
    ['objects around other values', new Number(1), new Number(2)],
    ['generators', [1].values(), [1].values()],
    ['getters that throw something else', throwing('x'), throwing('y')],
    ['0 and -0', 0, -0],
    ['an object without a class', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])('tells apart: %s', (_, actual, expected) => {
    expect(equalValues(actual, expected)).toBe(false);
  });

  it('ends on values that contain themselves', () => {
    const make = (): Record<string, unknown> => {
      const value: Record<string, unknown> = { a: 1 };
      value['self'] = value;
      return value;
    };
    expect(equalValues(make(), make())).toBe(true);
  });
});

describe('like', () => {
  it('asks for the named fields alone', () => {
    expect(equalValues(snapshotOf('a', 'b'), like({ completeText: 'ab' }))).toBe(true);
    expect(equalValues(snapshotOf('a', 'b'), like({ completeText: 'a' }))).toBe(false);
    expect(equalValues(undefined, like({}))).toBe(false);
  });

  it('works inside Jest too', () => {
    expect([{ a: 1, b: 2 }]).toEqual([like({ a: 1 })]);
  });
});
