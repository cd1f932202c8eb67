import { EMPTY, type MonoTypeOperatorFunction, type Observable, type SchedulerLike, concat, defer, finalize, identity, map, of, repeat, tap } from 'rxjs';
import { chunkTimeout } from '../../operators/chunk-timeout.js';
import { interceptToolCalls } from '../../operators/intercept-tool-calls.js';
import { mapInterruption } from '../../operators/map-interruption.js';
import { measure } from '../../operators/measure.js';
import { throwOnAbort } from '../../operators/throw-on-abort.js';
import type { StreamChunk, ToolCall } from '../core/chunk.js';
import type { StreamMetrics } from '../core/metrics.js';
import type { Provider } from '../core/provider.js';
import type { ToolInterceptor } from '../core/tool.js';
import { answer$ } from './answer.js';
import type { Turn } from './conversation.js';
import { endStep } from './end-step.js';
import type { TimeoutOptions } from './options.js';
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
  readonly timeout: TimeoutOptions | undefined;
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
      metrics === undefined ? identity : measure(metrics, { scheduler }),
      remember(state),
      finalize(active.remove),
    );
  });
}

function steps$(plan: RunPlan, state: RunState): Observable<StreamChunk> {
  const next$ = defer(() => step$(plan, state));
  return concat(
    next$.pipe(repeat({ delay: () => (state.goesOn ? of(true) : EMPTY) })),
    defer(() => of(state.finish())),
  );
}

/** One model call, and the tools it calls. */
function step$(plan: RunPlan, state: RunState): Observable<StreamChunk> {
  const { scheduler, timeout, interceptors, toolConcurrency, startAfterStep } = plan;
  const response = state.response;
  return answer$(plan.provider, state.nextRequest(), () => scheduler.now()).pipe(
    timeout === undefined ? identity : chunkTimeout({ ...timeout, scheduler, response }),
    map((chunk) => state.callIds.unique(chunk)),
    interceptToolCalls({
      interceptors,
      startAfterStep,
      scheduler,
      ...(toolConcurrency !== undefined && { concurrency: toolConcurrency }),
    }),
    endStep(state.stepIndex),
  );
}

/** Writes the turn into the history before `finish` or the error goes out, or when the consumer leaves. */
function remember(state: RunState): MonoTypeOperatorFunction<StreamChunk> {
  return tap({
    next: (chunk) => {
      state.add(chunk);
    },
    error: (error: unknown) => {
      state.interrupted(error);
    },
    unsubscribe: () => {
      state.interrupted();
    },
  });
}
