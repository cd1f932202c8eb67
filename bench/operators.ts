import { EMPTY, type Observable, type OperatorFunction, from, map } from 'rxjs';
import type { StreamChunk } from 'agenticraft';
import type * as operators from 'agenticraft/operators';

/** What an operator is measured against: RxJS's `map`, alone. */
export const baseline = 'map (RxJS)';

type Operators = typeof operators;
type Make = (from: Operators) => OperatorFunction<StreamChunk, unknown>;

const mail = { pattern: /[\w.]{1,40}@[\w.]{1,40}/, maxLength: 81 };
/** Takes everything: what a schema costs is not ours. */
const anything = { '~standard': { version: 1, vendor: 'bench', validate: (value: unknown) => ({ value }) } } as const;

/** Every operator, in a usual setting. The type asks for a new one as soon as it is exported. */
const made: Readonly<Record<keyof Operators, Make>> = {
  accumulate: ({ accumulate }) => accumulate(),
  bufferText: ({ bufferText }) => bufferText({ maxChars: 100, maxDelayMs: 50 }),
  checkText: ({ checkText }) => checkText((_text, added) => !added.includes('forbidden')),
  chunkTimeout: ({ chunkTimeout }) => chunkTimeout({ first: 60_000, each: 60_000, total: 600_000 }),
  fallbackTo: ({ fallbackTo }) => fallbackTo(() => EMPTY),
  hedge: ({ hedge }) => hedge([() => EMPTY], { afterMs: 60_000 }),
  interceptToolCalls: ({ interceptToolCalls }) => interceptToolCalls((call, next) => next(call)),
  lines: ({ lines }) => lines(),
  mapInterruption: ({ mapInterruption }) => mapInterruption(),
  measure: ({ measure }) => measure(() => undefined),
  partialObject: ({ partialObject }) => partialObject(anything),
  progress: ({ progress }) => progress(),
  redact: ({ redact }) => redact([mail, 'lazy cat']),
  replaceText: ({ replaceText }) => replaceText('lazy', 'sleepy'),
  retryInterrupted: ({ retryInterrupted }) => retryInterrupted(),
  sentences: ({ sentences }) => sentences({ locale: 'en' }),
  smooth: ({ smooth }) => smooth(),
  text: ({ text }) => text(),
  throwOnAbort: ({ throwOnAbort }) => throwOnAbort(new AbortController().signal),
  toState: ({ toState }) => toState(),
  verifyStream: ({ verifyStream }) => verifyStream(),
  words: ({ words }) => words({ locale: 'en' }),
};

/** What an operator does for every chunk that a bare `map` does not; said where the ratio is above ten. */
const reasons: Partial<Readonly<Record<keyof Operators, string>>> = {
  bufferText: 'joins each piece with what is held, makes a new chunk of it, and sets a timer for it',
  checkText: 'calls the check for each piece with the whole text so far, and keeps what passed for the error',
  lines: 'searches each piece for line ends and makes a new chunk for each line',
  partialObject: 'reads every character as JSON and makes a value of its own for every chunk, a snapshot of each open level',
  redact: 'runs two expressions for each pattern over what is held: one for matches, one for what might still become one',
  replaceText: 'runs two expressions over what is held: one for matches, one for what might still become one',
  sentences: 'searches each piece for ends, and has Intl.Segmenter read each character once',
  smooth: 'cuts text into characters, keeps each with its time, and joins those that are due',
  toState: 'joins the text so far and compares it and five other fields, to tell whether the state has changed',
  words: 'looks at each character, and makes a new chunk for each word',
};

/** Why an operator costs more than a `map`, where somebody has looked. */
export function reasonOf(name: string): string {
  return reasons[name as keyof Operators] ?? 'nobody has looked why'; // another name has no entry
}

/** The names of all rows; the first is the baseline. */
export const operatorRows: readonly string[] = [baseline, ...Object.keys(made)];

export function makeOperator(name: string, from: Operators): OperatorFunction<StreamChunk, unknown> {
  const make = name in made ? made[name as keyof Operators] : undefined; // checked beside it
  return make === undefined ? map((chunk) => chunk) : make(from);
}

const metadata = Object.freeze({ streamId: 'bench' });
const finish: StreamChunk = { type: 'finish', content: '', isFinal: true, timestamp: 0, metadata, finishReason: 'stop' };

function textChunk(content: string): StreamChunk {
  return { type: 'text', content, isFinal: false, timestamp: 0, metadata };
}

function cut(answer: string, size: number): readonly StreamChunk[] {
  return Array.from({ length: Math.ceil(answer.length / size) }, (_, index) => textChunk(answer.slice(index * size, (index + 1) * size)));
}

const prose = 'The quick brown fox jumps over the lazy dog. It does so twice, for 3.5 pounds.\nThen it rests! ';

/** An answer of pieces of five characters: prose, or for `partialObject` a list of JSON texts. */
export function answerOf(name: string, chunks: number): Observable<StreamChunk> {
  const isJson = name === 'partialObject';
  const page = cut(isJson ? `${JSON.stringify(prose)},`.repeat(10) : prose.repeat(10), 5);
  // Whole pages, so that the JSON is whole.
  const pieces = Array.from({ length: Math.round(chunks / page.length) }, () => page).flat();
  return from(isJson ? [textChunk('['), ...pieces, textChunk('null]'), finish] : [...pieces, finish]);
}

/** A JSON answer of about so many characters, in pieces of four: a list of records, as models write them. */
export function jsonAnswer(characters: number): Observable<StreamChunk> {
  const record = JSON.stringify({ title: 'The quick brown fox', year: 1885, tags: ['fox', 'dog'], summary: prose });
  const count = Math.round(characters / (record.length + 1));
  return from([...cut(`{"records":[${Array.from({ length: count }, () => record).join(',')}]}`, 4), finish]);
}
