import { describe, expect, it } from '@jest/globals';
import { concat, from, NEVER, of, type OperatorFunction, Subject, throwError } from 'rxjs';
import { bufferText, lines, redact, replaceText, sentences, smooth, words } from '../../operators/index.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import { finish, metadata, reasoning, restart, step, text, toolCall, toolInput, toolResult } from './support.js';

/** Every operator that holds text back, and a text that it holds wholly. */
const holders: readonly (readonly [string, OperatorFunction<StreamChunk, StreamChunk>, string])[] = [
  ['words', words(), 'wor'],
  ['lines', lines(), 'a line'],
  ['sentences', sentences(), 'A sentence.'],
  ['bufferText', bufferText({ maxChars: 100 }), 'text'],
  ['smooth', smooth({ by: 'word' }), 'wor'],
  ['replaceText', replaceText('secret', '-'), 'secre'],
  ['redact', redact([{ pattern: /secrets+/, maxLength: 20 }]), 'secre'],
];

const source: StreamChunk = { type: 'source', content: '', isFinal: false, timestamp: 0, metadata, url: 'https://example.com' };
const file: StreamChunk = { type: 'file', content: '', isFinal: false, timestamp: 0, metadata, mediaType: 'image/png', data: '' };
const progress: StreamChunk = { ...toolInput('call_1', ''), type: 'tool-progress', progress: 1 };
const approval: StreamChunk = { ...toolInput('call_1', ''), type: 'tool-approval', input: {} };

describe('half a character at the end of a chunk', () => {
  const through = (...input: readonly StreamChunk[]): string[] => {
    const pieces: string[] = [];
    concat(from(input), NEVER)
      .pipe(replaceText('secret', '-'))
      .subscribe(({ content }) => pieces.push(content))
      .unsubscribe();
    return pieces;
  };

  it('waits for the other half, and holds nothing but itself', () => {
    expect(through(text('ab\ud83d'))).toEqual(['ab']);
    expect(through(text('ab\ud83d'), text('\ude00c'))).toEqual(['ab', '😀c']);
    expect(through(text('\ud83d'), text('\ude00'))).toEqual(['😀']);
  });

  it('goes out once when the other half does not come', () => {
    const ends = [toolCall('call_1'), step(0), finish()];
    expect(through(text('ab\ud83d'), ...ends).join('')).toBe('ab\ud83d');
    expect(through(text('ab\ud83d'), ...ends.slice(1)).join('')).toBe('ab\ud83d');
  });
});

it('passes a finish that carries the whole of the last piece as it is', () => {
  const last: StreamChunk = { ...finish(), content: 'you' };
  const seen: unknown[] = [];
  of(text('Hello '), last).pipe(words()).subscribe((chunk) => seen.push(chunk));
  expect(seen[1]).toBe(last);
});

describe.each(holders)('%s', (_name, operator, held) => {
  const seenOf = (...input: readonly StreamChunk[]): unknown[] => {
    const seen: unknown[] = [];
    // Never completes: what comes out was not released by the end.
    concat(from(input), NEVER).pipe(operator).subscribe((chunk) => seen.push(chunk)).unsubscribe();
    return seen;
  };

  it('holds', () => {
    expect(seenOf(text(held))).toEqual([]);
  });

  it.each<[string, StreamChunk]>([
    ['tool-call', toolCall('call_1')],
    ['step', step(0)],
    ['finish', finish()],
  ])('releases before a %s', (_type, chunk) => {
    expect(seenOf(text(held), chunk)).toEqual([text(held), chunk]);
  });

  it.each<[string, StreamChunk]>([
    ['reasoning', reasoning('hm')],
    ['tool-input', toolInput('call_1', '{')],
    ['tool-approval', approval],
    ['tool-progress', progress],
    ['tool-result', toolResult('call_1')],
    ['source', source],
    ['file', file],
  ])('lets %s pass by', (_type, chunk) => {
    expect(seenOf(text(held), chunk, toolCall('call_2'))).toEqual([chunk, text(held), toolCall('call_2')]);
  });

  it('releases before an error and before completion', () => {
    const seen: unknown[] = [];
    const boom = new Error('boom');
    concat(of(text(held)), throwError(() => boom)).pipe(operator).subscribe({ next: (chunk) => seen.push(chunk), error: (error: unknown) => seen.push(error) });
    of(text(held)).pipe(operator).subscribe({ next: (chunk) => seen.push(chunk), complete: () => seen.push('complete') });
    expect(seen).toEqual([text(held), boom, text(held), 'complete']);
  });

  it('voids what it holds on a restart, and begins anew', () => {
    expect(seenOf(text(held), restart(), text(held), finish())).toEqual([restart(), text(held), finish()]);
  });

  it('counts the content of finish as text, and leaves it there', () => {
    const [start, rest] = [held.slice(0, 1), held.slice(1)];
    expect(seenOf(text(start), { ...finish(), content: rest })).toEqual([{ ...finish(), content: held }]);
  });

  it('drops what it holds when the consumer leaves', () => {
    const subject = new Subject<StreamChunk>();
    const seen: unknown[] = [];
    const subscription = subject.pipe(operator).subscribe((chunk) => seen.push(chunk));
    subject.next(text(held));
    subscription.unsubscribe();
    expect([seen, subject.observed]).toEqual([[], false]);
  });

  it('keeps the order when the consumer ends the source inside next', () => {
    const subject = new Subject<StreamChunk>();
    const seen: unknown[] = [];
    subject.pipe(operator).subscribe({
      next: (chunk) => {
        seen.push(chunk);
        if (chunk.type !== 'reasoning') return;
        subject.next(text(held));
        subject.next(toolCall('call_1'));
        subject.complete();
      },
      complete: () => seen.push('complete'),
    });
    subject.next(reasoning('hm'));
    expect(seen).toEqual([reasoning('hm'), text(held), toolCall('call_1'), 'complete']);
  });

  it('gives the consumer one chunk at a time, also when it pushes into the source inside next', () => {
    const subject = new Subject<StreamChunk>();
    const log: string[] = [];
    subject.pipe(operator).subscribe((chunk) => {
      log.push(`( ${chunk.type}`);
      if (chunk.type === 'text') subject.next(reasoning('hm'));
      log.push(`${chunk.type} )`);
    });
    subject.next(text(held));
    subject.next(step(0));
    expect(log).toEqual(['( text', 'text )', '( step', 'step )', '( reasoning', 'reasoning )']);
  });

  it('takes the metadata and time of the chunk that came last for what it releases', () => {
    const own = { ...metadata, model: 'm' };
    const chunk = { ...text(held), metadata: own, timestamp: 7 };
    expect(seenOf(chunk, toolCall('call_1'))[0]).toEqual(chunk);
  });
});
