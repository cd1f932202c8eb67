import { EMPTY, type MonoTypeOperatorFunction, type Observable, type SchedulerLike, defer, finalize, identity, map, of, repeat } from 'rxjs';
import { chunkTimeout } from '../../operators/chunk-timeout.js';
import { fallbackTo } from '../../operators/fallback-to.js';
import { hedge } from '../../operators/hedge.js';
import { interceptToolCalls } from '../../operators/intercept-tool-calls.js';
import { mapInterruption } from '../../operators/map-interruption.js';
import { measure } from '../../operators/measure.js';
import { interruptedBy } from '../../operators/shared/interruption.js';
import { retryInterrupted } from '../../operators/retry-interrupted.js';
import { throwOnAbort } from '../../operators/throw-on-abort.js';
import type { StreamChunk, ToolCall } from '../core/chunk.js';
import type { StreamMetrics } from '../core/metrics.js';
import type { Provider, ProviderRequest } from '../core/provider.js';
import { relay } from '../core/relay.js';
import type { ToolInterceptor } from '../core/tool.js';
import { answer$ } from './answer.js';
import type { Turn } from './conversation.js';
import { endStep } from './end-step.js';
import type { FallbackOptions, HedgeAgentOptions, RetryOptions, TimeoutOptions } from './options.js';
import { type RunRequest, RunState } from './run-state.js';
import type { StreamManager } from './stream-manager.js';

/** Everything one run needs, settled before it starts. */
export interface RunPlan {
  readonly provider: Provider;
  readonly request: RunRequest;
  readonly turn: Turn;
  readonly streams: StreamManager;
  readonly scheduler: SchedulerLike;
  /** The first is outermost; the last one runs the tools. */
  readonly interceptors: readonly ToolInterceptor[];
  readonly toolConcurrency: number | undefined;
  readonly startAfterStep: (call: ToolCall) => boolean;
  readonly hedging: HedgeAgentOptions | undefined;
  readonly timeout: TimeoutOptions | undefined;
  readonly retry: RetryOptions | undefined;
  readonly fallback: FallbackOptions | undefined;
  /** Whether calls of this tool may be made twice, so that a step that made one may begin anew. */
  readonly isIdempotent: (toolName: string) => boolean;
  readonly signal: AbortSignal | undefined;
  readonly metrics: ((metrics: StreamMetrics) => void) | undefined;
}

/** One run: model calls one after another until the model stops calling tools. Cold; unsubscribing aborts all of it. */
export function run$(plan: RunPlan, watch: (state: RunState) => void = () => undefined): Observable<StreamChunk> {
  return defer(() => {
    const { scheduler, signal, metrics } = plan;
    const state = new RunState(plan.request, plan.turn, () => scheduler.now());
    const active = plan.streams.add(plan.request.streamId, scheduler.now());
    const partial = { response: state.response };
    watch(state);
    return steps$(plan, state).pipe(
      throwOnAbort(active.signal, partial),
      signal === undefined ? identity : throwOnAbort(signal, partial),
      mapInterruption(partial),
      metrics === undefined ? identity : measure(interrupting(metrics, state), { scheduler }),
      remember(state),
      finalize(active.remove),
    );
  });
}

/** Step after step, each asked with what the one before it has said. */
function steps$(plan: RunPlan, state: RunState): Observable<StreamChunk> {
  return defer(() => step$(plan, state)).pipe(repeat({ delay: () => (state.goesOn ? of(true) : EMPTY) }));
}

/** One model call, and the tools it calls. */
function step$(plan: RunPlan, state: RunState): Observable<StreamChunk> {
  const { scheduler, interceptors, toolConcurrency, startAfterStep } = plan;
  return modelCall$(plan, state).pipe(
    state.callIds.isEmpty ? identity : map((chunk) => state.callIds.unique(chunk)),
    interceptToolCalls({
      interceptors,
      startAfterStep,
      scheduler,
      ...(toolConcurrency !== undefined && { concurrency: toolConcurrency }),
    }),
    endStep(state),
  );
}

/** One answer of a model: the requests that it takes, within their limits. */
function modelCall$(plan: RunPlan, state: RunState): Observable<StreamChunk> {
  const { scheduler, hedging, timeout, retry, fallback, isIdempotent } = plan;
  const { response } = state;
  const request: ProviderRequest = { ...state.nextRequest(), ...(retry !== undefined && { maxRetries: 0 }) };
  const ask = (provider: Provider) => () => answer$(provider, request, () => scheduler.now());
  const limited = (answer: Observable<StreamChunk>): Observable<StreamChunk> =>
    answer.pipe(
      timeout === undefined ? identity : chunkTimeout({ ...timeout, scheduler, response }),
      retry === undefined ? identity : retryInterrupted({ ...retry, isIdempotent, scheduler, response }),
    );
  return ask(plan.provider)().pipe(
    hedging === undefined ? identity : hedge((hedging.others ?? [plan.provider]).map(ask), { afterMs: hedging.afterMs, scheduler }),
    limited,
    fallback === undefined
      ? identity
      : fallbackTo({ ...fallback, next: fallback.next.map((provider) => () => limited(ask(provider)())), isIdempotent, scheduler, response }),
  );
}

/** What a listener throws ends the run as every error after its beginning does: with the answer so far. */
function interrupting(listener: (metrics: StreamMetrics) => void, { response }: RunState): (metrics: StreamMetrics) => void {
  return (metrics) => {
    try {
      listener(metrics);
    } catch (error) {
      throw interruptedBy(error, { reason: 'failed' }, response);
    }
  };
}

/** Writes the turn into the history before `finish` or the error goes out, or when the consumer leaves. */
function remember(state: RunState): MonoTypeOperatorFunction<StreamChunk> {
  return relay<StreamChunk, StreamChunk>((out) => {
    let isOver = false;
    out.add(() => {
      if (!isOver) state.interrupted();
    });
    return {
      next: (chunk) => {
        if (chunk.isFinal) isOver = true;
        state.add(chunk);
        out.next(chunk);
      },
      error: (error) => {
        isOver = true;
        state.interrupted(error);
        out.error(error);
      },
    };
  });
}
