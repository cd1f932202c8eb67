import { defer, type Observable, type SchedulerLike } from 'rxjs';
import type { StreamChunk } from '../core/chunk.js';
import { AgentError, ProviderError } from '../core/errors.js';
import type { Completion, Provider, ProviderCapabilities, ProviderRequest } from '../core/provider.js';
import { completeFromStream } from '../core/complete-from-stream.js';
import { checkDelay, playChunks } from './play-chunks.js';
import { answerOf, completionOf, type ScriptedStep, scriptStep } from './scripted-step.js';

/** Options of `scriptedProvider`. */
export interface ScriptedProviderOptions {
  /** Default `scripted`. */
  readonly name?: string | undefined;
  /** Default `scripted-model`. */
  readonly model?: string | undefined;
  /** False: the provider answers `complete()` alone. Default true. */
  readonly supportsStreaming?: boolean | undefined;
  /** Milliseconds between two chunks; the first comes at once. Default 0: synchronous. */
  readonly delayMs?: number | undefined;
  /** The clock of the delays. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  readonly capabilities?: ProviderCapabilities | undefined;
}

/** A provider whose answers are written in advance. */
export interface ScriptedProvider extends Provider {
  /** Every request so far, also the unexpected ones. */
  readonly requests: readonly ProviderRequest[];
  /** Throws an `AgentError` when steps remain, or when a call came that the script did not expect. */
  assertConsumed(): void;
}

/**
 * A provider for tests: its n-th call (a subscription to `stream$`, or a `complete`) answers with the n-th step.
 *
 * Deterministic: calls are named `call_1`, `call_2`, …, everything is synchronous unless `delayMs` is set. A call beyond
 * the script errors with a `ProviderError` (code `unexpected_call`). A slow consumer's demand pauses an answer.
 *
 * @throws ValidationError when `delayMs` is negative.
 *
 * @example
 * const provider = scriptedProvider([{ toolCalls: [{ toolName: 'add', input: { a: 1, b: 2 } }] }, 'It is 3.']);
 * const response = await new Agent({ provider, tools: [add] }).run('1 + 2?');
 * provider.assertConsumed();
 */
export function scriptedProvider(steps: readonly ScriptedStep[], options: ScriptedProviderOptions = {}): ScriptedProvider {
  return new Scripted(steps, options);
}

class Scripted implements ScriptedProvider {
  readonly name: string;
  readonly model: string;
  readonly capabilities?: ProviderCapabilities;
  readonly requests: ProviderRequest[] = [];
  readonly #steps: readonly ScriptedStep[];
  readonly #options: ScriptedProviderOptions;
  #callCount = 0;

  constructor(steps: readonly ScriptedStep[], options: ScriptedProviderOptions) {
    checkDelay(options.delayMs ?? 0);
    this.name = options.name ?? 'scripted';
    this.model = options.model ?? 'scripted-model';
    if (options.capabilities !== undefined) this.capabilities = options.capabilities;
    this.#steps = steps;
    this.#options = options;
  }

  supportsStreaming(): boolean {
    return this.#options.supportsStreaming ?? true;
  }

  stream$(request: ProviderRequest): Observable<StreamChunk> {
    return defer(() => {
      if (!this.supportsStreaming()) throw this.#error('does not stream; call complete()', 'no_streaming');
      const step = this.#take(request);
      const streamId = request.streamId ?? `run_${this.requests.length}`;
      const { chunks, makeError } = scriptStep(answerOf(step, request), streamId, this.#newCallId);
      const { delayMs = 0, scheduler } = this.#options;
      return playChunks(chunks, { delayMs, scheduler }, makeError);
    });
  }

  async complete(request: ProviderRequest, options: { readonly signal?: AbortSignal } = {}): Promise<Completion> {
    if (this.supportsStreaming()) return completeFromStream(this.stream$(request), options.signal);
    options.signal?.throwIfAborted();
    const answer = answerOf(this.#take(request), request);
    return completionOf(answer, this.#newCallId);
  }

  assertConsumed(): void {
    if (this.requests.length === this.#steps.length) return;
    throw new AgentError(
      `${this.name}/${this.model}: the script has ${this.#steps.length} steps, but ${this.requests.length} calls were made.`,
    );
  }

  readonly #newCallId = (): string => `call_${++this.#callCount}`;

  #take(request: ProviderRequest): ScriptedStep {
    const step = this.#steps[this.requests.length];
    this.requests.push(request);
    if (step !== undefined) return step;
    throw this.#error(
      `call ${this.requests.length} was not expected: the script has ${this.#steps.length} steps. Add a step, or find out why the model was called again`,
      'unexpected_call',
    );
  }

  #error(what: string, code: string): ProviderError {
    return new ProviderError(`${this.name}/${this.model}: ${what}.`, { provider: this.name, model: this.model, code });
  }
}
