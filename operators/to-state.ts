import { type OperatorFunction, defer, distinctUntilChanged, startWith } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { isStreamInterrupted } from '../src/core/errors.js';
import { relay } from '../src/core/relay.js';
import { StreamingResponse } from '../src/core/response.js';
import type { ToolCallRecord } from '../src/core/tool-call-record.js';
import type { Usage } from '../src/core/usage.js';

/**
 * Where an answer stands: `waiting` for the first chunk, `streaming`, `tools` while a call of ours has no result, and one of
 * the ends: `done`, `stopped` (completed without a `finish`: somebody had enough), `interrupted`, `failed`.
 */
export type StreamStatus = 'waiting' | 'streaming' | 'tools' | 'done' | 'stopped' | 'interrupted' | 'failed';

/** All that a view shows of an answer. A new object for each change; parts that did not change keep their identity. */
export interface StreamState {
  readonly status: StreamStatus;
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCallRecord[];
  readonly usage: Usage | undefined;
  /** What the stream failed with, by identity: a `StreamInterruptedError` when the status is `interrupted`. */
  readonly error: unknown;
}

/**
 * Emits what a view shows: the answer so far and where it stands, at once and after each change.
 *
 * The first state (`waiting`) comes synchronously on subscribe, and the stream never errors: a failure is the last state.
 * So it suits Angular's `toSignal(state$, { requireSync: true })`, `OnPush` and React's `useSyncExternalStore`. Chunks that
 * change nothing in the state emit nothing. A `restart` takes back what it makes void. Completes when the source ends; an error
 * after `finish`, which is the one ending, changes nothing. Unsubscribing stops the source.
 *
 * @example
 * const state = toSignal(agent.stream$('Hello').pipe(toState()), { requireSync: true });
 * // in the template: {{ state().text }}
 * @see accumulate for the full answer so far, with times, where errors stay errors.
 */
export function toState(): OperatorFunction<StreamChunk, StreamState> {
  return (source) =>
    defer(() => {
      const state = new StateOfStream();
      return source.pipe(
        relay<StreamChunk, StreamState>(() => ({
          next: (chunk, out) => out.next(state.add(chunk)),
          error: (error, out) => {
            out.next(state.fail(error));
            out.complete();
          },
          complete: (out) => {
            out.next(state.complete());
            out.complete();
          },
        })),
        startWith(state.current),
        distinctUntilChanged(),
      );
    });
}

/** The state of one subscription. */
class StateOfStream {
  readonly #response = new StreamingResponse();
  current: StreamState = {
    status: 'waiting',
    text: '',
    reasoning: '',
    toolCalls: this.#response.toolCalls,
    usage: undefined,
    error: undefined,
  };

  add(chunk: StreamChunk): StreamState {
    const response = this.#response;
    const { text, reasoning } = this.current;
    response.addChunk(chunk);
    return this.#change({
      status: this.#status(),
      error: undefined,
      // Lengths are compared instead of texts: reading or comparing the text for every chunk would cost its length.
      text: response.textLength === text.length ? text : response.completeText,
      reasoning: response.reasoningLength === reasoning.length ? reasoning : response.reasoningText,
      toolCalls: response.toolCalls,
      usage: response.usage,
    });
  }

  complete(): StreamState {
    return this.#response.finishReason === undefined ? this.#change({ ...this.current, status: 'stopped' }) : this.current;
  }

  fail(error: unknown): StreamState {
    if (this.#response.finishReason !== undefined) return this.current;
    return this.#change({ ...this.current, status: isStreamInterrupted(error) ? 'interrupted' : 'failed', error });
  }

  #status(): StreamStatus {
    const { finishReason, toolCalls } = this.#response;
    if (finishReason !== undefined) return finishReason === 'stopped' ? 'stopped' : 'done';
    return toolCalls.some((call) => call.state === 'called' && !call.providerExecuted) ? 'tools' : 'streaming';
  }

  #change(next: StreamState): StreamState {
    if (!isSame(next, this.current)) this.current = next;
    return this.current;
  }
}

function isSame(next: StreamState, current: StreamState): boolean {
  return (
    next.status === current.status &&
    next.text === current.text &&
    next.reasoning === current.reasoning &&
    next.toolCalls === current.toolCalls &&
    next.usage === current.usage &&
    next.error === current.error
  );
}
