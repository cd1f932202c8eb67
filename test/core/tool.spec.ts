import { describe, expect, it } from '@jest/globals';
import { cutText, denied, failed, invalidArguments, result, unknownTool } from '../../src/core/tool.js';

describe('results of a call', () => {
  it('carry an error beside what the model reads, when there is one', () => {
    const error = new Error('socket');
    expect(failed('It broke.', error)).toStrictEqual({ type: 'tool-result', output: 'It broke.', isError: true, error });
    expect(failed('It broke.')).toStrictEqual({ type: 'tool-result', output: 'It broke.', isError: true });
    expect(result(42)).toStrictEqual({ type: 'tool-result', output: 42, isError: false });
    expect(denied('not today')).toStrictEqual(failed('The call was denied: not today'));
    expect(denied()).toStrictEqual(failed('The call was denied.'));
  });

  it('name the tools that there are', () => {
    expect(unknownTool('ad', ['add', 'search'])).toStrictEqual(failed('No tool named "ad" exists. Available: add, search.'));
    expect(unknownTool('ad')).toStrictEqual(failed('No tool named "ad" exists. There are no tools.'));
  });

  it.each([200, 201])('quote arguments that were none, up to 200 of %d characters', (length) => {
    const raw = '9'.repeat(length);
    const { output } = invalidArguments({ toolCallId: '1', toolName: 'add', input: undefined, invalidInput: raw }) as { readonly output: string };
    expect(output.split('\n')[0]).toBe(`The arguments of "add" were not a JSON object: ${'9'.repeat(200)}${length > 200 ? '…' : ''}`);
  });
});

describe('cutText', () => {
  it.each<[string, number, string]>([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc'],
    ['ab\u{10000}d', 3, 'ab'],
    ['ab\u{10ffff}d', 3, 'ab'],
    ['a\u{1f600}d', 3, 'a\u{1f600}'],
    ['ab\u{ffee}d', 3, 'ab\u{ffee}'],
  ])('cuts %j at %d', (text, length, cut) => {
    expect(cutText(text, length)).toBe(cut);
  });
});
