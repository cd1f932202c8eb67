import { toAsyncIterable } from '../../bridges/to-async-iterable.js';
import type { StreamChunk } from '../../core/chunk.js';
import { expectEqual, violation } from './expect.js';
import { expectFinished, settled } from './receive.js';
import type { Exchange, Reply } from './server.js';
import type { ConformanceCheck, Trial } from './trial.js';

const piece = 'x'.repeat(32 * 1024);
/** Together 32 MB: several times what the kernel and the HTTP client hold between two sockets. */
const pieceCount = 1_000;
/** 8 MB, for a consumer at full speed beside the slow one. */
const freePieceCount = 250;

/** A slow consumer slows the source. */
export const paceCases: Readonly<Record<string, ConformanceCheck>> = {
  'a slow consumer': async (trial) => {
    trial.replyWith(longAnswer(trial, pieceCount));
    const chunks = toAsyncIterable(trial.provider.stream$(trial.request), { highWaterMark: 1 })[Symbol.asyncIterator]();
    try {
      const first = await settled(chunks.next(), trial.timeoutMs, 'no chunk came');
      const [slow] = trial.server.exchanges;
      if (slow === undefined) throw violation('a chunk came, but no request');
      await expectHeld(trial, slow);
      const length = await settled(restLength(chunks), trial.timeoutMs, 'the answer did not go on when the consumer did');
      expectEqual('the number of characters', (first.value?.content.length ?? 0) + length, pieceCount * piece.length);
    } finally {
      await chunks.return();
    }
  },
};

/**
 * The server cannot go on writing to a consumer that does not read.
 *
 * Measured without a clock: it stands still for as long as a consumer at full speed, served by turns, gets a whole answer.
 */
async function expectHeld(trial: Trial, slow: Exchange): Promise<void> {
  for (let before = -1; slow.writtenBytes > before; ) {
    before = slow.writtenBytes;
    if (before > (pieceCount * piece.length) / 2) {
      throw violation(`the server could write ${before} bytes to a consumer that took one chunk; the source must wait while the demand is shut`);
    }
    expectFinished(await trial.receive(longAnswer(trial, freePieceCount)));
  }
}

function longAnswer(trial: Trial, count: number): Reply {
  const encoder = new TextEncoder();
  const opening = encoder.encode(trial.opening([]));
  const event = encoder.encode(trial.frame([trial.dialect.text(piece)]));
  const ending = encoder.encode(trial.ending());
  return async (exchange) => {
    trial.ok(exchange);
    await exchange.write(opening);
    for (let written = 0; written < count; written++) await exchange.write(event);
    await exchange.write(ending);
    exchange.end();
  };
}

async function restLength(chunks: AsyncIterable<StreamChunk>): Promise<number> {
  let length = 0;
  for await (const chunk of chunks) length += chunk.content.length;
  return length;
}
