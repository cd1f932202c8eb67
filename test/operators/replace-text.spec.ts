import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { concat, NEVER, of } from 'rxjs';
import { replaceText, type TextPattern } from '../../operators/index.js';
import { ValidationError } from '../../src/core/errors.js';
import { checkAnyChunking, cutUp, cuts, piecesOf, texts } from './any-chunking.js';
import { patternParts, patterns } from './random-patterns.js';
import { chunks, finish, text, toolCall, virtually } from './support.js';

describe('replaceText', () => {
  it('finds a match that is cut across chunks, and holds only what could still be one', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--c--d--(f|)', { ...chunks, a: text('see AC'), b: text('ACM'), c: text('E Co'), d: text('A') });
      const expected = '                  -w--x--y-----(zf|)';
      const values = { ...chunks, w: text('see '), x: text('AC'), y: text('Acme Co'), z: text('A') };
      expectObservable(source.pipe(replaceText('ACME', 'Acme'))).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe('^------------!');
    });
  });

  it('replaces a whole match at once when nothing that comes can change it', () => {
    expect(piecesOf([text('ACME'), text('!')], replaceText('ACME', 'Acme'))).toEqual(['Acme', '!']);
    expect(piecesOf([text('4711'), text('!')], replaceText({ pattern: /\d{4}/, maxLength: 4 }, '#'))).toEqual(['#', '!']);
    expect(piecesOf([text('47'), text('11'), text('!')], replaceText({ pattern: /\d+/, maxLength: 9 }, '#'))).toEqual(['#!']);
  });

  it.each<[string, readonly string[], string, string]>([
    ['a literal', ['ab', 'a', 'abac', 'c', '.'], 'abac', 'abac'],
    ['a literal of special characters', ['(', '?', '$', 'a', '.', '\\'], '(?$.', '(?$.'],
    ['a literal of emoji', ['😀', '😁', 'a', '\ud83d'], '😀😁', '😀😁'],
    ['one that overlaps itself', ['a', 'aa', 'b'], 'aaa', 'aaa'],
  ])('gives the same as on the whole text: %s', (_title, parts, search) => {
    checkAnyChunking(parts, replaceText(search, '<>'), (whole) => whole.replaceAll(search, () => '<>'));
  });

  it.each<[string, RegExp, number, readonly string[]]>([
    ['a greedy run', /\d+/, 400, ['1', '23', ' ', 'a']],
    ['a lazy run', /<.*?>/, 400, ['<', '>', 'a', '<<']],
    ['alternatives, the shorter first', /a|ab|abc/, 3, ['a', 'b', 'c', 'bc']],
    ['optional parts', /ab?c?(?:de)?f/, 6, ['a', 'b', 'c', 'd', 'e', 'f']],
    ['counts', /(?:ab){2,3}c{1,2}/, 8, ['ab', 'a', 'b', 'c']],
    ['word boundaries', /\bab\b/, 3, ['a', 'b', 'ab', ' ', '.']],
    ['no word boundary', /\Bab\B/, 3, ['a', 'b', 'ab', ' ', '.']],
    ['a lookahead', /a(?=bc)b?/, 3, ['a', 'b', 'c', 'bc']],
    ['a negative lookahead', /a(?!bc)./, 3, ['a', 'b', 'c', 'bc']],
    ['a lookbehind', /(?<=ab)c/, 3, ['a', 'b', 'c', 'ab']],
    ['a negative lookbehind', /(?<!a)b+/, 400, ['a', 'b', 'c']],
    ['the start of the text', /^ab/, 2, ['a', 'b', 'ab']],
    ['the end of the text', /ab$/, 3, ['a', 'b', 'ab']],
    ['lines', /^a+$/m, 400, ['a', '\n', 'b', 'aa']],
    ['a back reference', /(a|b)c\1/, 3, ['a', 'b', 'c']],
    ['a longer back reference', /(ab|ba)c\1/, 5, ['a', 'b', 'c', 'ab']],
    ['a longer named group', /(?<x>ab|ba)c\k<x>/, 5, ['a', 'b', 'c', 'ab']],
    ['a longer lookbehind', /(?<=abcd)e/, 5, ['abc', 'd', 'e', 'abcd']],
    ['code points in a row', /😀a😁b/u, 6, ['😀', 'a', '😁', 'b', '😀a']],
    ['a named group', /(?<x>a|b)c\k<x>/, 3, ['a', 'b', 'c']],
    ['classes', /[a-c\]][^a-c]/, 2, ['a', 'b', ']', 'd', ' ']],
    ['any case', /AbC/i, 3, ['a', 'B', 'C', 'c', 'A']],
    ['code points', /[😀😁]{2}|\p{Lu}\u{1F600}/u, 4, ['😀', '😁', 'A', 'a']],
    ['dots over lines', /a.b/s, 3, ['a', '\n', 'b']],
    ['a brace that is no count', /a{b|{,2}/, 4, ['a', '{', 'b', ',2}']],
    ['sets of strings', new RegExp('[\\q{abc|d}]e', 'v'), 4, ['a', 'bc', 'abc', 'd', 'e']],
    ['a lookbehind behind other parts', /\S+(?<=\.b)/, 400, ['a', '.b', '.', 'b', ' ']],
    ['a lookbehind behind a count', /\b\w{4,}(?<=\d)/, 400, ['ab', 'abcd', '1', ' ']],
    ['a negative lookbehind behind other parts', /a.(?<!ab)c?/, 3, ['a', 'b', 'c', 'ab']],
    ['a word boundary in a lookbehind', /(?<=\ba)b|b+(?<=b\b)c?/, 400, ['a', 'b', 'c', ' ', 'ab']],
    ['a lookahead in a lookbehind', /ab?(?<=a(?=bc).)/, 4, ['a', 'b', 'c', 'bc']],
    ['the start of a line behind other parts', /a:\s*^b{2}/m, 400, ['a:', '\n', 'b', 'bb', ' ']],
    ['a back reference in a lookbehind', /(a)b(?<=\1b)/, 2, ['a', 'b', 'ab']],
    ['a named group in a lookbehind', /(?<x>a|b)c(?<=\k<x>c)/, 2, ['a', 'b', 'c']],
    ['the halves of a code point as escapes', new RegExp('\\ud83d\\ude00+b', 'u'), 400, ['😀', 'b', 'a', '😀😀']],
    ['two escapes that are no code point', new RegExp('\\ud83d\\u0061|\\ue000\\ude00|b', 'u'), 2, ['\ud83d', 'a', '\ue000', '\ude00', 'b']],
    ['escapes of every form', /\u{1F600}\u0061\x62\cJ\p{Lu}/u, 7, ['😀', 'a', 'b', '\n', 'A', 'ab\n']],
    ['escapes of every form of another mode', /\u0061\x62\cJ\0c/, 5, ['a', 'b', '\n', '\0', 'c', 'ab\n']],
    ['a backslash before c that escapes nothing', new RegExp('\\c!'), 3, ['\\', 'c', '!', 'a']],
    ['flags of a group', new RegExp('(?i:ab)+c'), 400, ['a', 'B', 'Ab', 'c', 'C']],
    ['lookaheads in lookaheads in a lookahead', /a(?=b(?=c(?=d)))b?/, 4, ['a', 'b', 'c', 'd', 'ab']],
    ['two lookaheads behind each other', /a(?=b)(?=bc)(?=bcd)./, 4, ['a', 'b', 'c', 'd', 'ab']],
    ['a count of two digits', /a{10,}b/, 400, ['a', 'aaaaaaaaaa', 'b']],
    ['a back reference that is repeated', /(a)\1{2,3}b/, 5, ['a', 'b', 'aa']],
    ['a reference to a name of several letters', /(?<name>a|b)c\k<name>+d/, 400, ['a', 'b', 'c', 'd', 'bc']],
    ['groups in a lookbehind', /(?<=(?:a|bc)(d)?)e/, 4, ['a', 'b', 'c', 'd', 'e', 'bc']],
    ['a negative lookahead in a lookbehind', /(?<=a(?!c).)d/, 3, ['a', 'b', 'c', 'd', 'ab']],
    ['an octal escape', new RegExp('\\012b'), 2, ['\n', 'b', 'a']],
    ['braces of another mode', new RegExp('\\u{2}\\p{2}b'), 5, ['u', 'p', 'uupp', 'b']],
    ['a lookahead in a lookahead', /a(?=(?=b)|c)/, 2, ['a', 'b', 'c']],
    ['no boundary in a lookahead', /[^](?=\B)/, 3, ['a', 'b', ' ', '\n']],
    ['a card number', /\d(?:[ -]?\d){5,7}/, 15, ['1', '23', ' ', '-', 'a', '4567']],
  ])('gives the same as on the whole text: %s', (_title, pattern, maxLength, parts) => {
    const everywhere = new RegExp(pattern.source, `${pattern.flags}g`);
    checkAnyChunking(parts, replaceText({ pattern, maxLength }, (match) => `<${match}>`), (whole) => whole.replace(everywhere, (match) => `<${match}>`));
  });

  it.each<[string, RegExp, string]>([
    ['the halves of a code point as escapes', new RegExp('\\ud83d\\ude00+b', 'u'), 'ab'],
    ['the same in capitals', new RegExp('\\uD83D\\uDE00\\uDBFF\\uDFFF', 'u'), 'ab'],
    ['escapes of every form', /\u{1F600}\u0061\x62\cJ\p{Lu}\P{L}/u, 'zz'],
    ['escapes of every form of another mode', /\u0061\x62\cJ\0/, 'zz'],
    ['flags of a group', new RegExp('(?i-m:ab)+c'), 'zz'],
    ['a group of a long name', /(?<name>a|b)+c/, 'zz'],
    ['lookaheads in a lookahead', /a(?=b(?=c))/, 'zz'],
    ['a count of two digits', /a{10,20}b/, 'zz'],
    ['groups in a lookbehind', /(?<=(?:a|bc)(d)?)e/, 'zz'],
    ['a class that holds a bracket', /[\]\\a]b/, 'zz'],
  ])('holds nothing of a text in which no match can begin: %s', (_title, pattern, whole) => {
    const pieces: string[] = [];
    concat(of(text(whole)), NEVER)
      .pipe(replaceText({ pattern, maxLength: 400 }, '-'))
      .subscribe(({ content }) => pieces.push(content))
      .unsubscribe();
    expect(pieces).toEqual([whole]);
  });

  it('lets out at once what stands before half a character', () => {
    expect(piecesOf([text('ab\ud83d'), text('\ude00c')], replaceText('secret', '-'))).toEqual(['ab', '😀c']);
  });

  it.each(['\u{10000}', '\u{10ffff}'])('takes the halves of %j together', (character) => {
    const [first, second] = [character.slice(0, 1), character.slice(1)];
    expect(piecesOf([text(`a${first}`), text(`${second}b`)], replaceText({ pattern: /[^ab]/u, maxLength: 2 }, '-'))).toEqual(['a', '-b']);
  });

  it('passes a finish whose content was held and is no match as it came', () => {
    const chunk = { ...finish(), content: 'secre' };
    const seen: unknown[] = [];
    of(chunk).pipe(replaceText('secret', '-')).subscribe((one) => seen.push(one));
    expect(seen[0]).toBe(chunk);
  });

  it.each([/\d/, /\d/g, /\d/y, /\d/dg])('takes %s for every match in the text', (pattern) => {
    expect(piecesOf([text('1a2'), text('b34')], replaceText({ pattern, maxLength: 1 }, '-')).join('')).toBe('-a-b--');
  });

  it('passes a character that an empty match stands before', () => {
    expect(piecesOf([text('😀xx.')], replaceText({ pattern: /x*/u, maxLength: 3 }, '-')).join('')).toBe('😀-.');
  });

  it('finds matches anywhere in a chunk of any length', () => {
    // Where a long chunk could be cut: around 4096, in the middle of a match or of a character.
    for (const before of [4_090, 4_094, 4_095, 4_096, 8_191]) {
      const long = `${'a'.repeat(before)}secret${'b'.repeat(5_000)}`;
      expect(piecesOf([text(long)], replaceText('secret', '-')).join('')).toBe(`${'a'.repeat(before)}-${'b'.repeat(5_000)}`);
      const pair = `${'a'.repeat(before)}😀b`;
      expect(piecesOf([text(pair)], replaceText({ pattern: /[^ab]/u, maxLength: 2 }, '-')).join('')).toBe(`${'a'.repeat(before)}-b`);
    }
  });

  it('takes a match of more than was stated for none when what was waited for does not decide it', () => {
    // Of `aaaab`, three characters are looked at from each place: only from the third on is there a b behind the a's.
    expect(piecesOf([text('aaaab.')], replaceText({ pattern: /a+(?=b)/, maxLength: 2 }, '-')).join('')).toBe('aa-b.');
  });

  it('gives the same as on the whole text: any pattern', () => {
    const property = fc.property(patterns, texts(patternParts, 14), cuts, (pattern, whole, at) => {
      const expected = whole.replace(new RegExp(pattern.source, `${pattern.flags}g`), (match) => (match === '' ? '' : `<${match}>`));
      const operator = replaceText({ pattern, maxLength: 400 }, (match) => `<${match}>`);
      expect(piecesOf(cutUp(whole, at), operator).join('')).toBe(expected);
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it.each<[string, RegExp, readonly string[], readonly string[]]>([
    ['a lazy match', /<b>[^]*?<\/b>/, ['a<b>', 'b</', 'b>c', 'd'], ['a', '#c', 'd']],
    ['the first of two alternatives', /a|ab/, ['a', 'b'], ['#', 'b']],
    ['a lookahead that has been met', /a(?=b|bc)/, ['a', 'b', 'c'], ['#b', 'c']],
    ['a lookahead that has been refused', /a(?!b)/, ['a', 'b', 'a', 'c'], ['ab', '#c']],
  ])('releases %s as soon as it is decided', (_title, pattern, parts, pieces) => {
    expect(piecesOf([...parts.map((part) => text(part)), toolCall('call_1')], replaceText({ pattern, maxLength: 99 }, '#'))).toEqual(pieces);
  });

  it.each<[string, RegExp, string, string, string]>([
    ['a lazy run', /<b>[^]*?<\/b>/, '<b>', 'abc<', '/b>'],
    ['a lazy run in a group', /(<b>([^]*?)<\/b>)/, '<b>', 'abc<', '/b>'],
    ['a greedy run', /<[^>]+>/, '<', 'abcd', '>'],
  ])('does not read %s from its beginning with each piece', (_title, pattern, start, piece, close) => {
    const exec = jest.spyOn(RegExp.prototype, 'exec');
    const held = [start, ...Array<string>(1_000).fill(piece)];
    const pieces = piecesOf([...held, close].map((part) => text(part)), replaceText({ pattern, maxLength: 9_999 }, '#'));
    const read = exec.mock.calls.reduce((sum, [given]) => sum + given.length, 0);
    exec.mockRestore();
    expect(pieces).toEqual(['#']);
    // All of it a few times; each time all that is held would be two million characters.
    expect(read).toBeLessThan(100_000);
  });

  it('cuts a match that is longer than was stated the same way, whatever the chunks', () => {
    const operator = replaceText({ pattern: /a\w*/, maxLength: 4 }, (match) => `<${match}>`);
    expect(piecesOf([text('xabcdefgh a')], operator).join('')).toBe('x<abcde>fgh <a>');
    checkAnyChunking(['a', 'b', 'bcd', ' '], operator, (whole) => piecesOf([text(whole), finish()], operator).join(''));
  });

  it('never holds more than the longest match', () => {
    const seen: string[] = [];
    concat(of(text('<'), text('a'.repeat(9)), text('b'), text('c')), NEVER)
      .pipe(replaceText({ pattern: /<.*>/, maxLength: 10 }, '-'))
      .subscribe(({ content }) => seen.push(content))
      .unsubscribe();
    expect(seen).toEqual([`<${'a'.repeat(9)}b`, 'c']);
  });

  it('inserts a replacement as it stands', () => {
    expect(piecesOf([text('a.b')], replaceText('.', '$&$1'))).toEqual(['a$&$1b']);
    expect(piecesOf([text('abc'), finish()], replaceText({ pattern: /b?/, maxLength: 1 }, '-')).join('')).toBe('a-c');
  });

  it('drops a chunk of which nothing is left', () => {
    expect(piecesOf([text('um'), text('yes')], replaceText('um', ''))).toEqual(['yes']);
  });

  it('lets what stands before a match go out before the error of the replacement', () => {
    const seen: unknown[] = [];
    const boom = new Error('boom');
    const fails = replaceText('x', () => {
      throw boom;
    });
    of(text('good'), text('x')).pipe(fails).subscribe({ next: ({ content }) => seen.push(content), error: (error: unknown) => seen.push(error) });
    expect(seen).toEqual(['good', boom]);
  });

  it.each<[string, unknown]>([
    ['an empty text', ''],
    ['a pattern without its longest match', /a/],
    ['a longest match of nothing', { pattern: /a/, maxLength: 0 }],
    ['a longest match without end', { pattern: /a/, maxLength: Infinity }],
    ['a longest match that is none', { pattern: /a/, maxLength: NaN }],
    ['a pattern that is a text', { pattern: 'a', maxLength: 3 }],
    ['nothing', undefined],
  ])('refuses %s at once', (_title, search) => {
    expect(() => replaceText(search as TextPattern, '-')).toThrow(ValidationError);
  });

  it.each([undefined, null, 5])('refuses %p as a replacement', (replacement) => {
    // As a caller without types may give it.
    expect(() => replaceText('ACME', replacement as unknown as string)).toThrow(ValidationError);
  });
});
