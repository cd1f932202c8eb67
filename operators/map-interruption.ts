import type { MonoTypeOperatorFunction } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { type StreamInterruptedError, isStreamInterrupted } from '../src/core/errors.js';
import { relay } from '../src/core/relay.js';
import type { StreamingResponse } from '../src/core/response.js';
import { type Usage, restOfUsage, sumUsage } from '../src/core/usage.js';
import { interruptedBy, interruptionKind, truncated, withPartial } from './shared/interruption.js';
import { checkOptions } from './shared/option-checks.js';
import { type PartialOptions, newResponse } from './shared/partial.js';

/** Options of `mapInterruption`. Here `response` is the one that this operator fills. */
export type MapInterruptionOptions = PartialOptions;

/**
 * Makes every failure after the first chunk a `StreamInterruptedError` that carries everything that passed here.
 *
 * - An interruption passes. When its partial holds less than what passed here, a copy with this operator's response goes on.
 * - Another error before the first chunk passes by identity, except abort and timeout, which are always interruptions.
 * - After the first chunk it is wrapped: `provider` for a `ProviderError`, `timeout`, `aborted`, else `failed`.
 * - A source that completes without a `finish` chunk errors with reason `truncated`.
 * - `finish` is the one ending: a source that errors after it completes.
 *
 * Using it twice changes nothing. Unsubscribing stops the source and makes no error.
 *
 * @param options `response`: fill this `StreamingResponse` (of one subscription) and hand it to the error; operators above
 * that are given the same one keep no text of their own. `scheduler`: the clock of the response made here.
 * @example
 * provider.stream$({ messages }).pipe(mapInterruption()).subscribe({
 *   error: (error) => isStreamInterrupted(error) && save(error.partialResponse, error.reason),
 * });
 */
export function mapInterruption<C extends StreamChunk>(options: MapInterruptionOptions = {}): MonoTypeOperatorFunction<C> {
  checkOptions('mapInterruption', options);
  return relay<C, C>(() => {
    const passed = new Passed(options.response ?? newResponse(options.scheduler), options.response !== undefined);
    return {
      next: (chunk, out) => {
        passed.add(chunk);
        out.next(chunk);
      },
      error: (error, out) => {
        if (passed.isFinished) out.complete();
        else out.error(passed.mapError(error));
      },
      complete: (out) => {
        if (passed.isFinished) out.complete();
        else out.error(truncated(passed.response));
      },
    };
  });
}

/** What passed one subscription of `mapInterruption`. */
class Passed {
  readonly response: StreamingResponse;
  /** The caller holds `response` too: it must be the one that errors carry, or the text would be kept twice. */
  readonly #isShared: boolean;
  isFinished = false;
  #count = 0;
  #steps = 0;
  #sinceStep = 0;

  constructor(response: StreamingResponse, isShared: boolean) {
    this.response = response;
    this.#isShared = isShared;
  }

  add(chunk: StreamChunk): void {
    this.response.addChunk(chunk);
    this.#count++;
    this.#sinceStep++;
    if (chunk.type === 'step') {
      this.#steps++;
      this.#sinceStep = 0;
    } else if (chunk.type === 'finish') {
      this.isFinished = true;
    }
  }

  mapError(error: unknown): unknown {
    if (isStreamInterrupted(error)) return this.#widen(error);
    const begun = this.#count > 0;
    const kind = interruptionKind(error, begun);
    if (!begun && kind.reason !== 'aborted' && kind.reason !== 'timeout') return error;
    this.response.end({ usage: this.#usageWith(undefined) });
    return interruptedBy(error, kind, this.response);
  }

  #widen(error: StreamInterruptedError): StreamInterruptedError {
    const { partial } = error;
    if (partial === this.response) {
      partial.end({ usage: this.#usageWith(undefined) });
      return error;
    }
    const extra = compareExtent(this.response, partial);
    if (extra === 'less' || (extra === 'same' && !this.#isShared && !this.#knowsMoreUsage(partial))) return error;
    this.response.end({ usage: this.#usageWith(partial), replay: partial.replay });
    return withPartial(error, this.response);
  }

  /** A `restart` tells what a void attempt used, which the partial of the last one does not say. */
  #knowsMoreUsage(partial: StreamingResponse): boolean {
    return restOfUsage(this.response.usage, restOfUsage(partial.usage, partial.untoldUsage)) !== undefined;
  }

  /** What the chunks have told, and what the interrupted model call is known to have used besides; `undefined` adds nothing. */
  #usageWith(partial: StreamingResponse | undefined): Usage | undefined {
    const told = this.response.usage;
    const untold = partial?.untoldUsage;
    if (untold === undefined && this.#sinceStep === 0) return undefined;
    return told === undefined && this.#steps === 0 ? untold : sumUsage([told, untold]);
  }
}

/** Whether `here` holds more of the answer than `partial`. Counting chunks would not do: text operators change their number. */
function compareExtent(here: StreamingResponse, partial: StreamingResponse): 'more' | 'same' | 'less' {
  const differences = [
    here.textLength - partial.textLength,
    here.reasoningLength - partial.reasoningLength,
    here.toolCalls.length - partial.toolCalls.length,
    countResults(here) - countResults(partial),
  ];
  if (differences.some((difference) => difference < 0)) return 'less';
  return differences.some((difference) => difference > 0) ? 'more' : 'same';
}

function countResults(response: StreamingResponse): number {
  return response.toolCalls.filter((call) => call.state === 'done').length;
}
