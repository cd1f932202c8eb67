import { type MonoTypeOperatorFunction, type SchedulerLike, asyncScheduler, defer, from, of } from 'rxjs';
import type { StreamChunk, ToolCall } from '../src/core/chunk.js';
import { findDemand } from '../src/core/demand.js';
import { ValidationError } from '../src/core/errors.js';
import { relay } from '../src/core/relay.js';
import { type ToolHandler, type ToolInterceptor, unknownTool } from '../src/core/tool.js';
import { ToolStep } from './tool-step.js';

/** How tool calls are run. */
export interface InterceptToolCallsOptions {
  /** The first is outermost; the last has no tool behind it. */
  readonly interceptors: readonly ToolInterceptor[];
  /** How many calls run at once; further ones wait in order. Default 8. */
  readonly concurrency?: number;
  /** Which calls start only when the step has finished with `tool-calls`. Default: none, each starts when it is complete. */
  readonly startAfterStep?: (call: ToolCall) => boolean;
  /** Gives the inserted chunks their timestamps. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

const defaultConcurrency = 8;

/**
 * Runs the tool calls of an answer in the middle of its stream.
 *
 * Every chunk passes on as it is. Behind each `tool-call` of ours the interceptors run, and their `tool-approval`,
 * `tool-progress` and `tool-result` events are inserted as chunks; text passes meanwhile. `finish` and the completion wait
 * until every call is closed.
 *
 * - The first result of a call counts: then its observable is unsubscribed. Completing without a result is a denial. A
 *   result that comes from upstream ends a call of ours that waits or runs; one that comes later is left out.
 * - A call with `invalidInput` reaches no interceptor; an error result tells the model.
 * - After `length`, `content-filter` or `refusal` no further call starts; those that wait are closed by an error result.
 * - A `restart` ends the calls of the void attempt without results.
 * - While a bridge's consumer is slow, each call holds back its latest progress alone. Results always pass.
 *
 * Unsubscribing unsubscribes every running call at once; so does an error of the source, before it goes on. An error in an
 * interceptor is the user's and goes to the error channel.
 *
 * @throws ValidationError at once when `concurrency` is less than 1 or an interceptor is no function.
 *
 * @example
 * const log: ToolInterceptor = (call, next) => next(call).pipe(tap((event) => console.log(call.toolName, event.type)));
 * provider.stream$(request).pipe(interceptToolCalls(log, runTools((name) => tools.get(name))));
 */
export function interceptToolCalls(...interceptors: ToolInterceptor[]): MonoTypeOperatorFunction<StreamChunk>;
export function interceptToolCalls(options: InterceptToolCallsOptions): MonoTypeOperatorFunction<StreamChunk>;
export function interceptToolCalls(
  ...given: [InterceptToolCallsOptions] | ToolInterceptor[]
): MonoTypeOperatorFunction<StreamChunk> {
  const options = readOptions(given);
  const { concurrency = defaultConcurrency, startAfterStep = () => false, scheduler = asyncScheduler } = options;
  const handle = chain(options.interceptors);
  const now = (): number => scheduler.now();
  return relay<StreamChunk, StreamChunk>((out) => {
    const demand = findDemand(out);
    const step = new ToolStep({ handle, concurrency, startAfterStep, now, demand });
    if (demand !== undefined) out.add(demand.onChange(() => step.releaseProgress()));
    // By the subscriber itself: tools find the demand along the chain of subscribers, as the source does.
    step.inserted.subscribe(out);
    return {
      next: (chunk) => {
        if (step.passes(chunk)) out.next(chunk);
      },
      error: (error) => {
        step.abort();
        out.error(error);
      },
      // `inserted` completes when the source has and every call is closed.
      complete: () => step.sourceCompleted(),
    };
  });
}

function readOptions(given: [InterceptToolCallsOptions] | ToolInterceptor[]): InterceptToolCallsOptions {
  const [first] = given;
  // The overloads allow an options object alone, or functions alone; the check below is for callers without types.
  const options = typeof first === 'object' ? first : { interceptors: given as ToolInterceptor[] };
  const { interceptors, concurrency } = options;
  if (!Array.isArray(interceptors) || interceptors.some((interceptor) => typeof interceptor !== 'function')) {
    throw new ValidationError('interceptToolCalls: give interceptors as functions (call, next) => events.');
  }
  if (concurrency !== undefined && !(typeof concurrency === 'number' && concurrency >= 1)) {
    throw new ValidationError(`interceptToolCalls: concurrency is ${String(concurrency)}; give a number of at least 1.`);
  }
  return options;
}

/** Puts interceptors in a row; behind the last there is no tool. */
function chain(interceptors: readonly ToolInterceptor[]): ToolHandler {
  return interceptors.reduceRight<ToolHandler>(
    (next, interceptor) => (call) => defer(() => from(interceptor(call, next))),
    (call) => of(unknownTool(call.toolName)),
  );
}
