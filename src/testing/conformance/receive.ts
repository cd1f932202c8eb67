import type { Observable } from 'rxjs';
import type { StreamChunk } from '../../core/chunk.js';
import { type InterruptionReason, isStreamInterrupted, type StreamInterruptedError } from '../../core/errors.js';
import { StreamGrammar } from '../../core/grammar.js';
import { describeValue, expectEqual, violation } from './expect.js';

/** One subscription, from its first chunk to its ending. */
export interface Received {
  readonly chunks: readonly StreamChunk[];
  /** Set when the ending was an error. */
  readonly error?: unknown;
  /** The first break of the grammar of chunks. */
  readonly fault: string | undefined;
}

/** Subscribes and waits for the ending; at most `timeoutMs`. */
export function receive(stream$: Observable<StreamChunk>, timeoutMs: number): Promise<Received> {
  const grammar = new StreamGrammar();
  const chunks: StreamChunk[] = [];
  let fault: string | undefined;
  return within(
    timeoutMs,
    'the stream neither completed nor failed',
    (resolve) =>
      stream$.subscribe({
        next: (chunk) => {
          fault ??= grammar.check(chunk);
          chunks.push(chunk);
        },
        error: (error: unknown) => {
          resolve({ chunks, error, fault });
        },
        complete: () => {
          resolve({ chunks, fault: fault ?? grammar.end() });
        },
      }),
  );
}

/** Waits for what `start` resolves, at most `timeoutMs`; then, or when it came, `start`'s subscription is ended. */
export async function within<T>(
  timeoutMs: number,
  late: string,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => { unsubscribe(): void } | undefined,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let subscription: { unsubscribe(): void } | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(violation(`${late} within ${timeoutMs} ms`));
      }, timeoutMs);
      subscription = start(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
    subscription?.unsubscribe();
  }
}

/** Waits for a promise, at most `timeoutMs`. */
export function settled<T>(promise: Promise<T>, timeoutMs: number, late: string): Promise<T> {
  return within(timeoutMs, late, (resolve, reject) => {
    promise.then(resolve, reject);
    return undefined;
  });
}

/** The text that was delivered. */
export function textOf({ chunks }: Received): string {
  return chunks.map((chunk) => chunk.content).join('');
}

/** The subscription ended with one `finish`, and every chunk was in order. Returns the `finish`. */
export function expectFinished(received: Received): Extract<StreamChunk, { type: 'finish' }> {
  if ('error' in received) throw violation(`the stream failed with ${describeValue(received.error)}; a finish chunk was expected`, received.error);
  expectValid(received);
  const last = received.chunks.at(-1);
  if (last?.type !== 'finish') throw violation('the last chunk is not a finish chunk');
  return last;
}

/** The subscription ended with a `StreamInterruptedError` that carries what was delivered. Returns the error. */
export function expectInterrupted(received: Received, reason: InterruptionReason, text: string): StreamInterruptedError {
  const { error } = received;
  if (!('error' in received)) throw violation(`the stream completed; a StreamInterruptedError (${reason}) was expected`);
  if (!isStreamInterrupted(error)) throw violation(`the error is ${describeValue(error)}; a StreamInterruptedError (${reason}) was expected`, error);
  expectValid(received);
  expectEqual('the reason of the interruption', error.reason, reason);
  expectEqual('the text that was delivered', textOf(received), text);
  expectEqual('partialResponse', error.partialResponse, text);
  if (received.chunks.some((chunk) => chunk.isFinal)) throw violation('a finish chunk came before the error');
  return error;
}

function expectValid({ fault }: Received): void {
  if (fault !== undefined) throw violation(`the stream broke the grammar of chunks: ${fault}`);
}
