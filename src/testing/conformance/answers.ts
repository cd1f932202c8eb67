import type { StreamChunk } from '../../core/chunk.js';
import { expectEqual, violation } from './expect.js';
import { expectFinished, type Received, textOf } from './receive.js';
import type { Reply } from './server.js';
import { answer, type ConformanceCheck, pieces, streamId, type Trial, usage } from './trial.js';

/** Answers that come whole. */
export const answerCases: Readonly<Record<string, ConformanceCheck>> = {
  'a plain answer': async (trial) => {
    const received = await trial.receive(trial.body(trial.opening() + trial.ending()));
    const finish = expectFinished(received);
    expectEqual('the text that was delivered', textOf(received), answer);
    expectEqual('finishReason', finish.finishReason, 'stop');
    expectEqual('metadata.streamId', finish.metadata.streamId, streamId);
  },

  usage: async (trial) => {
    const finish = expectFinished(await trial.receive(trial.body(trial.opening() + trial.ending())));
    const { inputTokens, outputTokens, totalTokens } = finish.usage ?? {};
    const total = usage.inputTokens + usage.outputTokens;
    expectEqual('finish.usage', { inputTokens, outputTokens, totalTokens }, { ...usage, totalTokens: total });
  },

  'any split of the bytes': async (trial) => {
    const body = trial.opening() + trial.ending();
    const whole = await trial.receive(trial.body(body));
    const split = await trial.receive(byteByByte(trial, body));
    expectFinished(split);
    expectEqual('the chunks of an answer that came byte by byte', withoutTime(split), withoutTime(whole));
  },

  'events without names': async (trial) => {
    const { start, text, end } = trial.dialect;
    const named = [...start(usage), ...pieces.map((piece) => text(piece)), ...end(usage)];
    // Proxies drop the `event:` lines: the data has to be enough.
    const received = await trial.receive(trial.body(trial.frame(named.map(({ data }) => ({ data })))));
    expectFinished(received);
    expectEqual('the text that was delivered', textOf(received), answer);
  },

  'exactly one finish': async (trial) => {
    const received = await trial.receive(trial.body(trial.opening() + trial.ending() + trial.ending()));
    const count = received.chunks.filter((chunk) => chunk.isFinal).length;
    if (count > 1) throw violation(`${count} finish chunks came; the server sent its terminal event twice`);
    expectFinished(received);
  },

  'nothing after the end': async (trial) => {
    const late = trial.frame([trial.dialect.text('too late')]);
    const received = await trial.receive(trial.body(trial.opening() + trial.ending() + late));
    expectEqual('the text that was delivered', textOf(received), answer);
    expectFinished(received);
  },
};

/** One byte for each read of the socket, as far as the kernel lets us. */
function byteByByte(trial: Trial, body: string): Reply {
  return async (exchange) => {
    trial.ok(exchange);
    for (const byte of new TextEncoder().encode(body)) {
      await exchange.write(Uint8Array.of(byte));
      // A whole turn of the event loop, in which the client, in this same process, reads the byte.
      await new Promise((resolve) => setImmediate(resolve));
    }
    exchange.end();
  };
}

function withoutTime({ chunks }: Received): readonly StreamChunk[] {
  return chunks.map((chunk) => ({ ...chunk, timestamp: 0 }));
}
