import { isDeepStrictEqual } from 'node:util';
import { type Observable, config } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import { type StreamInterruptedError, isStreamInterrupted } from '../../src/core/errors.js';

/** How a subscription ended. */
export type Terminal = { readonly type: 'complete' } | { readonly type: 'error'; readonly error: unknown };

/** What one subscription received. */
export interface Answer {
  readonly chunks: readonly StreamChunk[];
  readonly terminal: Terminal;
}

/** Subscribes and waits for the end. */
export function answerOf(stream$: Observable<StreamChunk>): Promise<Answer> {
  return new Promise((resolve) => {
    const chunks: StreamChunk[] = [];
    stream$.subscribe({
      next: (chunk) => chunks.push(chunk),
      error: (error: unknown) => resolve({ chunks, terminal: { type: 'error', error } }),
      complete: () => resolve({ chunks, terminal: { type: 'complete' } }),
    });
  });
}

/**
 * What a stream sends after its end goes into the list returned: RxJS drops it, and tells this hook of it. A second
 * `complete` does not count: `repeat` of RxJS itself tells its subscriber twice.
 */
export function watchStopped(): readonly unknown[] {
  const late: unknown[] = [];
  config.onStoppedNotification = (notification) => {
    if (notification.kind !== 'C') late.push(notification);
  };
  return late;
}

/** For `afterAll`. */
export function unwatchStopped(): void {
  config.onStoppedNotification = null;
}

/** Everything that the chunks show to a user. */
export function contentOf(chunks: readonly StreamChunk[]): string {
  return chunks.map((chunk) => chunk.content).join('');
}

/** Two chunks say the same; timestamps aside. */
export function isSameChunk(one: StreamChunk | undefined, other: StreamChunk | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => {
    if (key === 'timestamp') return true;
    // Any chunk's field by its name: both are of the same shape or the comparison fails.
    const [a, b] = [(one as unknown as Record<string, unknown>)[key], (other as unknown as Record<string, unknown>)[key]];
    return a === b || (typeof a === 'object' && isDeepStrictEqual(a, b));
  });
}

/** What is wrong with an interruption, as far as it can be told from what was delivered: its partial must be all of that. */
export function partialFault(error: StreamInterruptedError, chunks: readonly StreamChunk[]): string | undefined {
  const reasoning = chunks.map((chunk) => (chunk.type === 'reasoning' ? chunk.reasoning : '')).join('');
  if (error.partialResponse !== contentOf(chunks)) return 'partialResponse is not what was delivered';
  if (error.partial.reasoningText !== reasoning) return 'the reasoning of the partial is not what was delivered';
  return error.partial.chunkCount === chunks.length ? undefined : `the partial counts ${error.partial.chunkCount} of ${chunks.length} chunks`;
}

/** In one word: `finish`, the reason of the interruption, or what else came. */
export function endingOf({ chunks, terminal }: Answer): string {
  if (terminal.type === 'complete') return chunks.at(-1)?.type === 'finish' ? 'finish' : 'complete without finish';
  if (chunks.some((chunk) => chunk.type === 'finish')) return 'finish, then an error';
  return isStreamInterrupted(terminal.error) ? terminal.error.reason : String(terminal.error);
}
