import fc from 'fast-check';

const atoms = ['a', 'b', '1', 'é', '😀', '.', '\\w', '\\W', '\\d', '\\s', '\\n', '[ab]', '[^a]', '[^]', '\\u0061', '\\x62'];
const looks = ['^', '$', '\\b', '\\B'];
const references = ['\\1', '\\2', '\\k<n>'];
const quantifiers = ['', '', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{2,}', '{1,}?'];
const groups = ['(', '(?:', '(?<n>'];
const lookarounds = ['(?=', '(?!', '(?<=', '(?<!', '(?<=', '(?<!'];
const flags = ['', 'i', 'm', 's', 'u', 'iu', 'mu', 'su'];

const { source } = fc.letrec<{ source: string; sequence: string; term: string; group: string; lookaround: string }>((tie) => ({
  source: fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((all) => all.join('|')),
  sequence: fc.array(tie('term'), { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
  term: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { arbitrary: fc.tuple(fc.constantFrom(...atoms), fc.constantFrom(...quantifiers)).map((both) => both.join('')), weight: 6 },
    { arbitrary: fc.constantFrom(...looks), weight: 2 },
    { arbitrary: fc.constantFrom(...references), weight: 1 },
    { arbitrary: tie('group'), weight: 2 },
    { arbitrary: tie('lookaround'), weight: 2 },
  ),
  group: fc.tuple(fc.constantFrom(...groups), tie('source'), fc.constantFrom(...quantifiers)).map(([start, inner, times]) => `${start}${inner})${times}`),
  lookaround: fc.tuple(fc.constantFrom(...lookarounds), tie('source')).map(([start, inner]) => `${start}${inner})`),
}));

/** Regular expressions with everything in any place, as far as the engine takes them. */
export const patterns: fc.Arbitrary<RegExp> = fc
  .tuple(source, fc.constantFrom(...flags))
  // Longer ones are mostly such as nobody writes, some of them slow in the engine itself.
  .filter(([pattern]) => pattern.length <= 40)
  .map(([pattern, flag]) => compiled(pattern, flag))
  .filter((pattern) => pattern !== undefined);

/** What the texts for them are made of. */
export const patternParts = ['a', 'b', 'ab', 'A', 'B', '1', 'é', ' ', '\n', '.', '😀'];

function compiled(pattern: string, flag: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flag);
  } catch {
    return undefined;
  }
}
