import { defer, lastValueFrom, map, type Observable, reduce, takeUntil } from 'rxjs';
import { abortKind } from '../core/abort-kind.js';
import { aborted } from '../core/aborted.js';
import type { StreamChunk } from '../core/chunk.js';
import { withDemand } from '../core/demand.js';
import { StreamInterruptedError } from '../core/errors.js';
import { StreamingResponse } from '../core/response.js';

/** Options of `collectStream`. */
export interface CollectOptions {
  /** Unsubscribes; the Promise rejects with a `StreamInterruptedError` that carries what came so far. */
  readonly signal?: AbortSignal | undefined;
  /** Keeps every chunk in `response.chunks`; off by default, because memory then grows with the answer. */
  readonly keepChunks?: boolean | undefined;
}

/**
 * The whole answer of a stream, as a Promise of a `StreamingResponse`.
 *
 * Subscribes at once. A stream that was ended early (by `take`) is taken as it is: its `finishReason` is undefined.
 * Rejects with the stream's error by identity, and on abort with a `StreamInterruptedError` (reason `aborted`, or
 * `timeout` for `AbortSignal.timeout`).
 *
 * @example
 * const response = await collectStream(agent.stream$('Hello'));
 * console.log(response.completeText, response.usage);
 */
export function collectStream(source$: Observable<StreamChunk>, options: CollectOptions = {}): Promise<StreamingResponse> {
  const { signal, keepChunks = false } = options;
  const response$ = defer(() => {
    const response = new StreamingResponse({ keepChunks });
    const onAbort = (reason: unknown): Error => abortedBy(reason, response.end());
    const chunks$ = signal === undefined ? source$ : source$.pipe(takeUntil(aborted(signal, onAbort)));
    return chunks$.pipe(
      reduce((built, chunk) => {
        built.addChunk(chunk);
        return built;
      }, response),
      map((built) => built.end()),
    );
  });
  // eslint-disable-next-line rxjs-x/no-ignored-default-value -- `reduce` with a seed always emits
  return withDemand(undefined, () => lastValueFrom(response$));
}

/**
 * The text of a whole answer, as a Promise.
 *
 * Like `collectStream`: a `restart` takes back the text of the attempt that became void.
 *
 * @example
 * console.log(await streamToString(agent.stream$('Hello')));
 */
export async function streamToString(
  source$: Observable<StreamChunk>,
  options: Pick<CollectOptions, 'signal'> = {},
): Promise<string> {
  return (await collectStream(source$, options)).completeText;
}

function abortedBy(cause: unknown, partial: StreamingResponse): StreamInterruptedError {
  const kind = abortKind(cause);
  const what = kind.reason === 'timeout' ? 'timed out' : 'was aborted';
  const message = `The signal ${what} before the answer was whole. Read \`partialResponse\` for what came.`;
  return new StreamInterruptedError(message, { ...kind, partial, cause });
}
