import { describe, expect, it } from '@jest/globals';
import { words } from '../../operators/index.js';
import { checkAnyChunking, piecesOf } from './any-chunking.js';
import { chunks, finish, text, virtually } from './support.js';

describe('words', () => {
  it('lets a word out when white space follows it', () => {
    virtually(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('               -a--b--c--(f|)', chunks);
      const expected = '                  ----x-----(yf|)';
      expectObservable(source.pipe(words())).toBe(expected, { ...chunks, x: text('Hello '), y: text('you') });
      expectSubscriptions(source.subscriptions).toBe('^---------!');
    });
  });

  it('gives the words of the text, whatever its chunks', () => {
    const parts = ['a', 'bc', 'd.', ' ', '  ', '\n', '\t', '\r', '\b', '\u00a0', '😀', "don't"];
    checkAnyChunking(parts, words(), (whole) => whole.match(/\s*\S+\s?|\s+$/gu) ?? []);
  });

  it('loses nothing of a text without spaces, and cuts it the same whatever its chunks', () => {
    const parts = ['你好', '世界', '，', '。', '」', '「', 'AI', ' ', 'こんにちは', 'สวัสดีครับ', '𠮷', '3.14'];
    checkAnyChunking(parts, words(), (whole) => whole);
    checkAnyChunking(parts, words(), (whole) => piecesOf([text(whole), finish()], words()));
  });

  it('finds words where there are no spaces, and keeps marks with the word before', () => {
    expect(piecesOf([text('你好，世界。再见'), finish()], words({ locale: 'zh' }))).toEqual(['你好，', '世界。', '再见']);
    expect(piecesOf([text('他说：「好。」走')], words({ locale: 'zh' }))).toEqual(['他', '说：', '「好。」', '走']);
    expect(piecesOf([text('好。a b')], words({ locale: 'zh' }))).toEqual(['好。', 'a ', 'b']);
    expect(piecesOf([text('สวัสดีครับผม')], words({ locale: 'th' }))).toEqual(['สวัสดี', 'ครับ', 'ผม']);
  });

  it('lets a clause without spaces out when the character behind its mark has come', () => {
    virtually(({ cold, expectObservable }) => {
      const source = cold('  -a--b--c--(f|)', { ...chunks, a: text('你好'), b: text('，'), c: text('世界') });
      expectObservable(source.pipe(words())).toBe('-------x--(yf|)', { ...chunks, x: text('你好，'), y: text('世界') });
    });
  });

  it.each([
    ['"not a language"', 'not a language'],
    ['["en","not a language"]', ['en', 'not a language']],
  ])('refuses a locale that is none: %s', (shown, locale) => {
    const make = (): unknown => words({ locale });
    expect(make).toThrow(`words: the locale ${shown} is no language tag; give one like 'en' or 'pt-BR'.`);
    expect(make).toThrow(expect.objectContaining({ cause: expect.any(RangeError) }));
  });
});
