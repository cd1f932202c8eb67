import { expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import * as operators from '../../operators/index.js';
import { ValidationError } from '../../src/core/errors.js';

// What a caller without types may give. As `never`, which every parameter takes.
const nothing = undefined as never;
const none = null as never;
const word = 'fast' as never;
const next = [() => NEVER];
const given = (operator: string): string => `${operator}: give its options as an object.`;

it.each<[string, () => unknown, string]>([
  ['accumulate', () => operators.accumulate(none), given('accumulate')],
  ['bufferText', () => operators.bufferText(nothing), given('bufferText')],
  ['checkText', () => operators.checkText(() => true, none), given('checkText')],
  ['chunkTimeout', () => operators.chunkTimeout(nothing), given('chunkTimeout')],
  ['hedge', () => operators.hedge(next, nothing), given('hedge')],
  ['mapInterruption', () => operators.mapInterruption(none), given('mapInterruption')],
  ['measure', () => operators.measure(() => undefined, none), given('measure')],
  ['partialObject', () => operators.partialObject({ '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } }, none), given('partialObject')],
  ['progress', () => operators.progress(none), given('progress')],
  ['redact', () => operators.redact(['a'], none), given('redact')],
  ['retryInterrupted', () => operators.retryInterrupted(none), given('retryInterrupted')],
  ['sentences', () => operators.sentences(none), given('sentences')],
  ['smooth', () => operators.smooth(none), given('smooth')],
  ['text', () => operators.text(none), given('text')],
  ['throwOnAbort', () => operators.throwOnAbort(new AbortController().signal, none), given('throwOnAbort')],
  ['words', () => operators.words(none), given('words')],
  ['options that are a word', () => operators.smooth(word), given('smooth')],
  ['an unknown unit', () => operators.smooth({ by: word }), "smooth by is fast; give 'character' or 'word'."],
  ['a pace that is a word', () => operators.smooth({ charsPerSecond: '80' as never }), 'smooth charsPerSecond is 80; give a number above 0.'],
  [
    'a number of tools that is a word',
    () => operators.interceptToolCalls({ interceptors: [], concurrency: '2' as never }),
    'interceptToolCalls: concurrency is 2; give a number of at least 1.',
  ],
  ['a limit that is a word', () => operators.chunkTimeout({ each: '5' as never }), 'chunkTimeout each is 5; give milliseconds above 0, or leave it out for no limit.'],
  ['an interval that is a word', () => operators.progress({ intervalMs: '5' as never }), 'progress intervalMs is 5; give milliseconds, 0 or more.'],
  ['an unknown mode of retry', () => operators.retryInterrupted({ mode: word }), "retryInterrupted mode is fast; give 'before-first-chunk' or 'restart'."],
  ['an unknown mode of fallback', () => operators.fallbackTo({ next, mode: word }), "fallbackTo mode is fast; give 'before-first-chunk' or 'restart'."],
  ['a condition that is none', () => operators.retryInterrupted({ when: word }), 'retryInterrupted when must be a function.'],
  ['a rule for tools that is none', () => operators.fallbackTo({ next, isIdempotent: word }), 'fallbackTo isIdempotent must be a function.'],
  ['a hedge without its time', () => operators.hedge(next, {} as never), 'hedge afterMs is undefined; give milliseconds above 0.'],
  ['a hedge whose time is a word', () => operators.hedge(next, { afterMs: '5' as never }), 'hedge afterMs is 5; give milliseconds above 0.'],
  ['no listener', () => operators.measure(nothing), 'measure: give a listener, a function that takes the metrics.'],
  ['an answer to restarts that is none', () => operators.text({ onRestart: word }), 'text onRestart must be a function.'],
])('refuses at once: %s', (_title, make, message) => {
  expect(make).toThrow(new ValidationError(message));
});
