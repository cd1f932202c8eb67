import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { streamAnswer } from '../../src/providers/answer-stream.js';
import { chatTranslator } from '../../src/providers/openai/translate.js';
import { type BodyListener, type BodySource, bodySource } from '../../src/providers/wire/body-source.js';
import { sseDecoder } from '../../src/providers/wire/sse.js';
import { chatDelta } from '../support/chat-wire.js';

// "When an answer is whole": `finish` goes out 1 s after the finish reason if the server stays silent and does not hang up.

const encoder = new TextEncoder();
const usage = 'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\n\n';

/** What comes when, in milliseconds, behind text and finish reason at 0; gives what was received and when. */
async function receive(later: Readonly<Record<number, string>>): Promise<readonly string[]> {
  const scheduler = new VirtualTimeScheduler();
  const ignore = (): void => undefined;
  const started = Promise.withResolvers<BodyListener>();
  const source: BodySource = { start: started.resolve, pause: ignore, resume: ignore, stop: ignore, drain: ignore };
  const received: string[] = [];
  const subscription = streamAnswer({
    request: { messages: [], streamId: 'run_1' },
    errors: { provider: 'wire', model: 'wire-model' },
    open: () => Promise.resolve(Object.assign({ body: null }, { [bodySource]: source })),
    toError: (error) => error as Error, // `open` does not fail
    translator: chatTranslator,
    frames: (listener) => sseDecoder(listener),
    scheduler,
  }).subscribe({ next: ({ type }) => received.push(`${type} ${scheduler.now()}`), complete: () => received.push(`complete ${scheduler.now()}`) });
  const listener = await started.promise;
  listener.onData(encoder.encode(chatDelta({ content: 'Hello' }) + chatDelta({}, 'stop')));
  for (const [atMs, text] of Object.entries(later)) scheduler.schedule(() => listener.onData(encoder.encode(text)), Number(atMs));
  scheduler.flush();
  subscription.unsubscribe();
  return received;
}

const everyHalfSecond = (text: string): Readonly<Record<number, string>> =>
  Object.fromEntries(Array.from({ length: 10 }, (_, index) => [(index + 1) * 400, text]));

describe('a whole answer of a server that does not hang up', () => {
  it('finishes after a second of silence', async () => {
    expect(await receive({})).toEqual(['text 0', 'finish 1000', 'complete 1000']);
  });

  it('takes comments for silence, and pieces of an event too', async () => {
    expect(await receive(everyHalfSecond(': ping\n\n'))).toEqual(['text 0', 'finish 1000', 'complete 1000']);
    expect(await receive(everyHalfSecond('data: '))).toEqual(['text 0', 'finish 1000', 'complete 1000']);
  });

  it('waits a second behind each further event', async () => {
    expect(await receive({ 600: usage })).toEqual(['text 0', 'finish 1600', 'complete 1600']);
    expect(await receive({ 600: chatDelta({ content: ' there' }), 900: chatDelta({}, 'stop') })).toEqual(['text 0', 'text 600', 'finish 1900', 'complete 1900']);
  });
});
