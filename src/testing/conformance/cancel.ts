import { toAsyncIterable } from '../../bridges/to-async-iterable.js';
import { violation } from './expect.js';
import { settled } from './receive.js';
import type { Reply } from './server.js';
import type { ConformanceCheck, Trial } from './trial.js';

/** Cancel means stop: the server sees the close, wherever the answer stands. */
export const cancelCases: Readonly<Record<string, ConformanceCheck>> = {
  'nothing before subscribe, nothing after an unsubscribe at once': async (trial) => {
    trial.replyWith(trial.body(trial.opening(), 'stall'));
    void trial.provider.stream$(trial.request);
    trial.provider.stream$(trial.request).subscribe().unsubscribe();
    await expectRejects(trial, trial.provider.complete(trial.request, { signal: AbortSignal.abort() }));
    // A whole round to the server and back: requests that were sent before it have arrived.
    await trial.firstChunk();
    await trial.expectClosed('an unsubscribe at once');
  },

  'an idle server': async (trial) => {
    trial.replyWith(() => undefined);
    const subscription = trial.provider.stream$(trial.request).subscribe({ error: () => undefined });
    await settled(trial.server.requests(1), trial.timeoutMs, 'no request came');
    subscription.unsubscribe();
    await trial.expectClosed('an unsubscribe before the response headers');
  },

  'a stalled answer': async (trial) => {
    trial.replyWith(trial.body(trial.opening(), 'stall'));
    await trial.firstChunk();
    await trial.expectClosed('an unsubscribe in a stalled answer');
  },

  'an aborted signal': async (trial) => {
    trial.replyWith(trial.body(trial.opening(), 'stall'));
    await abortStream(trial);
    trial.replyWith(() => undefined);
    await abortCompletion(trial);
  },

  break: async (trial) => {
    trial.replyWith(endlessAnswer(trial));
    await settled(takeOne(trial), trial.timeoutMs, 'no chunk came');
    await trial.expectClosed('a break out of `for await`');
  },
};

/** Writes until the client leaves. */
function endlessAnswer(trial: Trial): Reply {
  const encoder = new TextEncoder();
  const opening = encoder.encode(trial.opening());
  const more = encoder.encode(trial.frame([trial.dialect.text('and on and on '.repeat(1_000))]));
  return async (exchange) => {
    trial.ok(exchange);
    await exchange.write(opening);
    while (!exchange.isClosed) {
      await exchange.write(more);
      // Room for the client, in this same process, to read and to leave.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
}

/** Aborts in a stalled answer. */
async function abortStream(trial: Trial): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const chunks = toAsyncIterable(trial.provider.stream$(trial.request), { signal, highWaterMark: 1 })[Symbol.asyncIterator]();
  await settled(chunks.next(), trial.timeoutMs, 'no chunk came');
  controller.abort();
  await trial.expectClosed('an abort of the stream');
}

/** Aborts a call without streaming that the server does not answer. */
async function abortCompletion(trial: Trial): Promise<void> {
  const controller = new AbortController();
  const before = trial.server.exchanges.length;
  const completion = trial.provider.complete(trial.request, { signal: controller.signal });
  await settled(trial.server.requests(before + 1), trial.timeoutMs, 'no request of complete() came');
  controller.abort();
  await expectRejects(trial, completion);
  await trial.expectClosed('an abort of complete()');
}

async function expectRejects(trial: Trial, completion: Promise<unknown>): Promise<void> {
  const ending = completion.then(
    () => 'answered' as const,
    () => 'rejected' as const,
  );
  const how = await settled(ending, trial.timeoutMs, 'complete() did not reject after its signal was aborted');
  if (how === 'answered') throw violation('complete() answered although its signal was aborted');
}

async function takeOne(trial: Trial): Promise<void> {
  for await (const _chunk of toAsyncIterable(trial.provider.stream$(trial.request))) break;
}
