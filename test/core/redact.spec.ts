import { describe, expect, it } from '@jest/globals';
import { redactMessage } from '../../src/core/redact.js';

describe('redactMessage', () => {
  it.each<[string, string]>([
    ['Incorrect key sk-abcd1234 given', 'Incorrect key [key] given'],
    ['sk-abcd123 is too short to be one', 'sk-abcd123 is too short to be one'],
    ['task-abcdefgh is none', 'task-abcdefgh is none'],
    ['both sk-abcd1234 and gsk_abcd-1234_x', 'both [key] and [key]'],
    ['sent Bearer abc123', 'sent [key]'],
    ['sent bearer  a.b-c/d+e=', 'sent [key]'],
    ['sent bearer abc12', 'sent bearer abc12'],
    ['the bearer of bad news', 'the bearer of bad news'],
    ['{"authorization":"abcdef"}', '{"[key]"}'],
    ['{"x-api-key" : "abcdef","a":1}', '{"[key]","a":1}'],
    ['apikey=abcdef; api key: 123456, API_KEY=abcdef}', '[key]; [key], [key]}'],
    ['api-key: abcde', 'api-key: abcde'],
    ['at http://user:pass@host/path and git+ssh://me@host', 'at http://host/path and git+ssh://host'],
    ['http://user:pass@host', 'http://host'],
    ['mail me@host, see http://host/a@b', 'mail me@host, see http://host/a@b'],
  ])('of %j leaves %j', (message, safe) => {
    expect(redactMessage(message)).toBe(safe);
  });

  it('blanks out the keys it is given, but nothing so short that it may be a word', () => {
    expect(redactMessage('abcd and abcd, abc', { keys: ['abcd', undefined, 'abc'] })).toBe('[key] and [key], abc');
  });

  it('blanks out prompts as they are and as they stood in JSON', () => {
    const prompts = ['say "hi"\nnow', 'abc'];
    expect(redactMessage('say "hi"\nnow, {"text":"say \\"hi\\"\\nnow"}, abc', { prompts })).toBe('[prompt], {"text":"[prompt]"}, abc');
    expect(redactMessage('four times four', { prompts: ['four'] })).toBe('[prompt] times [prompt]');
  });

  it('cuts to 500 characters', () => {
    expect(redactMessage('a'.repeat(500))).toBe('a'.repeat(500));
    expect(redactMessage('a'.repeat(501))).toBe(`${'a'.repeat(500)}…`);
  });
});
