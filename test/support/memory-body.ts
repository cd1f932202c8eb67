import { type BodySource, bodySource } from '../../src/providers/wire/body-source.js';
import type { BodyEnd } from '../../src/providers/wire/answer-decoder.js';
import type { AnswerBody } from '../../src/providers/wire/web-body.js';

/** A response body that hands out `pieces` and then ends, or breaks, without a socket. */
export function memoryBody(pieces: readonly Uint8Array[], end: BodyEnd): AnswerBody {
  let isLeft = false;
  const leave = (): void => void (isLeft = true);
  const source: BodySource = {
    start: (listener) =>
      queueMicrotask(() => {
        for (const piece of pieces) if (!isLeft) listener.onData(piece);
        if (isLeft) return;
        if (end === 'cut') listener.onCut(new Error('the socket was closed'));
        else listener.onEnd();
      }),
    pause: () => undefined,
    resume: () => undefined,
    stop: leave,
    drain: leave,
  };
  return Object.assign({ body: null }, { [bodySource]: source });
}
