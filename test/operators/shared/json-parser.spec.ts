import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonParser } from '../../../operators/shared/json-parser.js';

/** Objects and arrays, with keys and texts that JSON has to escape. */
const document = fc
  .oneof(fc.array(fc.jsonValue({ maxDepth: 4 })), fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 })))
  .map((value) => JSON.stringify(value));

/** A text cut at any places. */
const cuts = (text: fc.Arbitrary<string>): fc.Arbitrary<{ readonly text: string; readonly pieces: readonly string[] }> =>
  fc.tuple(text, fc.array(fc.nat(), { maxLength: 40 })).map(([whole, places]) => {
    const at = [...places.map((place) => place % (whole.length + 1)), 0, whole.length].sort((a, b) => a - b);
    return { text: whole, pieces: at.slice(1).map((end, index) => whole.slice(at[index], end)) };
  });

/** In UTF-16 code units, as a network may cut it. */
const units = (text: string): readonly string[] => Array.from({ length: text.length }, (_, index) => text.charAt(index));

function parse(...pieces: readonly string[]): JsonParser {
  const parser = new JsonParser();
  for (const piece of pieces) parser.feed(piece);
  return parser;
}

/** All values that the parser had after a change, as text of that moment. */
function history(pieces: readonly string[]): { readonly values: readonly unknown[]; readonly texts: readonly string[] } {
  const parser = new JsonParser();
  const values: unknown[] = [];
  for (const piece of pieces) if (parser.feed(piece)) values.push(parser.value);
  return { values, texts: values.map((value) => JSON.stringify(value)) };
}

/** Whether `later` can come of `earlier` by reading on: strings and lists grow, nothing else changes. */
function grows(earlier: unknown, later: unknown): boolean {
  if (typeof earlier === 'string' && typeof later === 'string') return later.startsWith(earlier);
  if (Array.isArray(earlier) && Array.isArray(later)) {
    return earlier.length <= later.length && earlier.every((item, index) => grows(item, later[index]));
  }
  if (typeof earlier === 'object' && earlier !== null && typeof later === 'object' && later !== null) {
    return Object.entries(earlier).every(([key, value]) => Object.hasOwn(later, key) && grows(value, Object.getOwnPropertyDescriptor(later, key)?.value));
  }
  return Object.is(earlier, later);
}

describe('JsonParser', () => {
  it('makes of any cutting what JSON.parse makes of the whole', () => {
    fc.assert(
      fc.property(cuts(document), ({ text, pieces }) => {
        const parser = parse(...pieces);
        expect(parser.problem).toBeUndefined();
        expect(parser.isComplete).toBe(true);
        expect(parser.value).toEqual(JSON.parse(text));
        expect(JSON.stringify(parser.value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('only ever grows, and never changes what it gave out', () => {
    fc.assert(
      fc.property(cuts(document), ({ text, pieces }) => {
        const parser = new JsonParser();
        const seen: { readonly value: unknown; readonly text: string }[] = [];
        for (const piece of pieces) {
          if (!parser.feed(piece)) continue;
          const { value } = parser;
          const before = seen.at(-1);
          // A repeated key is the one thing that takes a value back; `JSON.stringify` writes none.
          if (before !== undefined) expect(grows(before.value, value)).toBe(true);
          seen.push({ value, text: JSON.stringify(value) });
        }
        for (const { value, text: then } of seen) expect(JSON.stringify(value)).toBe(then);
        const whole: unknown = JSON.parse(text);
        for (const { value } of seen) expect(grows(value, whole)).toBe(true);
      }),
    );
  });

  it('refuses what JSON.parse refuses, and takes what it takes', () => {
    const token = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '"a"', '1', '-', '01', '1.', '1e5', 'true', 'nul', '\\', ' ', '\n', '\u0001', '\\u12', 'x');
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), fc.constantFrom(['[', ']'], ['{"a":', '}'], ['{', '}']), (tokens, [begin = '', end = '']) => {
        const text = begin + tokens.join('') + end;
        const parser = parse(...units(text));
        const whole = tryParse(text);
        // What follows the value is passed over, so the parser may be satisfied with a beginning of the text.
        if (whole !== undefined) expect({ value: parser.value, problem: parser.problem }).toEqual({ value: whole.value, problem: undefined });
        else if (parser.isComplete) expect(isBeginning(text, parser.value)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, string, unknown]>([
    ['a string that is coming', '{"a":"Hel', { a: 'Hel' }],
    ['an empty string that has begun', '{"a":"', { a: '' }],
    ['no key before its value has begun', '{"a":1,"b"', { a: 1 }],
    ['no key whose value has not come', '{"a":1,"b":', { a: 1 }],
    ['no number before it is complete', '[1,23', [1]],
    ['no literal before it is complete', '[true,fal', [true]],
    ['a list that has begun', '{"a":[', { a: [] }],
    ['nested parts', '{"a":[{"b":"x"},{"c":[1,', { a: [{ b: 'x' }, { c: [1] }] }],
    ['no half of an escape', '["a\\', ['a']],
    ['no part of a \\u escape', '["a\\u00e', ['a']],
    ['no half of a character', '["a\\ud83d', ['a']],
    ['a whole character of two escapes', '["a\\ud83d\\ude00', ['a😀']],
  ])('shows %s', (_title, text, expected) => {
    expect(parse(text).value).toEqual(expected);
    expect(parse(...units(text)).value).toEqual(expected);
  });

  it.each<[string, string]>([
    ['["\u0001"]', 'a control character in a string near character 3 of the text'],
    ['["\\x"]', 'an unknown escape in a string near character 4 of the text'],
    ['["\\u12g4"]', 'a \\u escape without four hexadecimal digits near character 7 of the text'],
    ['{"a" 1}', 'a key without a colon near character 5 of the text'],
    ['{1}', 'something other than a key in an object near character 2 of the text'],
    ['{"a":1,}', 'something other than a key in an object near character 8 of the text'],
    ['[1 2]', 'something other than a comma or an end after a value near character 3 of the text'],
    ['[1}', 'something other than a comma or an end after a value near character 3 of the text'],
    ['[nul]', 'something that is no number, true, false or null near character 2 of the text'],
    ['[,]', 'something other than a value near character 2 of the text'],
    ['['.repeat(129), 'nesting of more than 128 levels near character 129 of the text'],
  ])('says what is wrong with %j, and where', (text, problem) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(parse(text, '1]').problem).toBe(problem);
  });

  it('knows every escape', () => {
    const text = '["\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041"]';
    expect(parse(text).value).toEqual(JSON.parse(text));
    expect(parse(...units(text)).value).toEqual(JSON.parse(text));
  });

  it.each(['\ud800', '\udbff'])('holds back the first half of a character: %j', (half) => {
    expect(parse(`["a${half}`).value).toEqual(['a']);
    expect(parse(`["a${half}\udc00`).value).toEqual([`a${half}\udc00`]);
  });

  it('says that the value has changed when a list, an object or a text begins, and when one grows', () => {
    const parser = new JsonParser();
    const changes = ['{', '"a', '":', '[', '"', 'x', '"', ',1', ',', ' true', ']', '}', ' '].map((piece) => [piece, parser.feed(piece)]);
    expect(changes.filter(([, hasChanged]) => hasChanged).map(([piece]) => piece)).toEqual(['{', '[', '"', 'x', ',', ']']);
  });

  it('keeps a lone half of a character at the end of a string, as JSON.parse does', () => {
    expect(parse('["\\ud83d"]').value).toEqual(['\ud83d']);
    expect(parse('["\ud83d', '\ude00"]').value).toEqual(['😀']);
  });

  it('passes over the text around the value', () => {
    expect(parse('Here it is:\n```json\n', '{"a":1}', '\n```\n{"b":2}').value).toEqual({ a: 1 });
    expect(parse('no value').value).toBeUndefined();
    expect(parse('no value').hasBegun).toBe(false);
  });

  it('takes __proto__ as a key like any other', () => {
    const value = parse('{"__proto__":{"polluted":1}}').value;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptors(value)).toEqual(Object.getOwnPropertyDescriptors(JSON.parse('{"__proto__":{"polluted":1}}')));
    expect(parse('{"__proto__":{"polluted":1').value).toEqual(Object.fromEntries([['__proto__', {}]]));
  });

  it('keeps the identity of what is finished', () => {
    const parser = parse('{"a":{"x":1},"b":[{"y":2}');
    const before = parser.value as { a: object; b: object[] };
    parser.feed(',{"z":"w');
    const after = parser.value as { a: object; b: object[] };
    expect(after).not.toBe(before);
    expect(after.a).toBe(before.a);
    expect(after.b).not.toBe(before.b);
    expect(after.b[0]).toBe(before.b[0]);
    expect(before).toEqual({ a: { x: 1 }, b: [{ y: 2 }] });
  });

  it('hands out long lists and large objects that do not change either', () => {
    const list = Array.from({ length: 500 }, (_, index) => index);
    const large = Object.fromEntries(list.map((index) => [`key ${index}`, index]));
    const { values, texts } = history(units(`{"list":${JSON.stringify(list)},"large":${JSON.stringify(large)}}`));
    // Read in the end, long after the list has grown: each still is what it was.
    values.forEach((value, index) => expect(JSON.stringify(value)).toBe(texts[index]));
    const unread = new JsonParser();
    unread.feed(`{"list":[${list.slice(0, 300).join(',')},`);
    const early = unread.value as { list: number[] };
    unread.feed(`${list.slice(300).join(',')}],"large":{}`);
    expect(early.list).toHaveLength(300);
    expect(Array.isArray(early.list)).toBe(true);
    expect(early.list.map((item) => item + 1).at(-1)).toBe(300);
    expect(early).toEqual({ list: list.slice(0, 300) });
    expect(Object.isFrozen(Object.freeze(early.list))).toBe(true);
  });

  it('refuses nesting that no schema has, instead of copying it for every chunk', () => {
    expect(parse('['.repeat(128)).problem).toBeUndefined();
    expect(parse('['.repeat(129)).problem).toContain('128');
  });
});

function tryParse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function isBeginning(text: string, value: unknown): boolean {
  for (let end = 1; end < text.length; end++) {
    const beginning = tryParse(text.slice(0, end));
    if (beginning !== undefined) return JSON.stringify(beginning.value) === JSON.stringify(value);
  }
  return false;
}
