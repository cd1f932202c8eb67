import { describe, expect, it } from '@jest/globals';
import { of, throwError } from 'rxjs';
import { chunk } from '../../marbles/alphabet.js';
import { equalValues, like } from '../../marbles/equality.js';
import { show } from '../../marbles/show.js';
import { runMarbles, toMarbles } from '../../marbles/index.js';

// Jest runs this file in a realm of its own; what Node makes is of another one.

async function usedBody(): Promise<unknown> {
  const response = new Response('x');
  await response.text();
  return failureOf(() => response.text());
}

async function failureOf(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return undefined;
}

const refused = (): Promise<unknown> => failureOf(() => fetch('nope:'));
const aborted = (): unknown => AbortSignal.abort().reason;
const json = (text: string): Promise<unknown> => new Response(text).json();

describe('what another realm made', () => {
  it('really is of another realm', async () => {
    expect(await refused()).not.toBeInstanceOf(TypeError);
    expect(Object.getPrototypeOf(structuredClone({}))).not.toBe(Object.prototype);
  });

  it.each<[string, () => unknown, () => unknown]>([
    ['errors of fetch', refused, usedBody],
    ['syntax errors', () => failureOf(() => json('{')), () => failureOf(() => json('nope'))],
    ['abort reasons and timeouts', aborted, () => new DOMException('x', 'TimeoutError')],
    ['an error and a literal of another message', refused, () => new TypeError('x')],
    ['an error and one of another class', refused, () => new RangeError('fetch failed')],
    ['errors in chunks', async () => chunk.toolError('f', 'x', { error: await refused() }), async () => chunk.toolError('f', 'x', { error: await usedBody() })],
    ['URLs', () => new URL('http://a/'), () => new URL('http://b/')],
    ['structured clones', () => structuredClone({ a: [1] }), () => ({ a: [2] })],
    ['Maps', () => structuredClone(new Map([[1, 2]])), () => new Map([[1, 3]])],
    ['bytes', () => new TextEncoder().encode('a'), () => new Uint8Array([98])],
    ['an array and an object', () => structuredClone([]), () => ({})],
  ])('is told apart: %s', async (_, actual, expected) => {
    expect(equalValues(await actual(), await expected())).toBe(false);
  });

  it.each<[string, () => unknown, () => unknown]>([
    ['an error of fetch', refused, () => new TypeError('fetch failed')],
    ['a response', () => json('{"a":{"b":[1]}}'), () => ({ a: { b: [1] } })],
    ['a structured clone', () => structuredClone({ a: new Map([[1, new Set([2])]]) }), () => ({ a: new Map([[1, new Set([2])]]) })],
    ['an empty object', () => structuredClone({}), () => ({})],
    ['abort reasons', aborted, aborted],
    ['URLs', () => new URL('http://a/'), () => new URL('http://a/')],
    ['a date', () => structuredClone(new Date(5)), () => new Date(5)],
    ['bytes', () => new TextEncoder().encode('a'), () => new Uint8Array([97])],
    ['what like names', aborted, () => like({ name: 'AbortError' })],
  ])('equals what is written in this one: %s', async (_, actual, expected) => {
    expect(equalValues(await actual(), await expected())).toBe(true);
  });

  it('is shown with its name and message, and without a crash', async () => {
    expect(show(await refused())).toBe('TypeError: fetch failed');
    expect(show(aborted())).toBe('AbortError: This operation was aborted {code: 20}');
    expect(show(structuredClone({ a: [new Map([[1, 2]]), new Set([3])] }))).toBe('{a: [Map {1 => 2}, Set {3}]}');
    expect(show(new URL('http://a/'))).toMatch(/^URL \{.*href: "http:\/\/a\/"/);
  });

  it('fails as a difference, and is drawn', async () => {
    expect(() => runMarbles(({ expectStream }) => expectStream(throwError(aborted)).toBe('|'))).toThrow(/expected complete at 0 ms, received error AbortError: This operation was aborted/);
    expect((await toMarbles(throwError(aborted))).text).toContain('# = AbortError: This operation was aborted');
    expect((await toMarbles(of(structuredClone({ a: 1 })))).text).toContain('A = {a: 1}');
  });
});
