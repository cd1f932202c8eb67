import type { StandardSchemaV1 } from '@standard-schema/spec';
import { Observable, catchError, concat, defer, filter, from, isObservable, map, mergeMap, of, tap } from 'rxjs';
import type { ToolCall } from '../core/chunk.js';
import { ValidationError } from '../core/errors.js';
import { isThenable } from '../core/is-thenable.js';
import { describeIssues } from '../core/standard-schema.js';
import { type ToolEvent, failed } from '../core/tool.js';
import { AgentAnswer } from './agent-answer.js';
import { checkedResult, toolFailure } from './checked-result.js';
import { isAsyncIterable, pullValues } from './tool-iterable.js';

/** What `execute` is given besides its input. */
export interface ToolContext {
  /** Aborts when the run is left or the call is stopped; not after the tool has ended. */
  readonly signal: AbortSignal;
  readonly toolCallId: string;
}

/**
 * One execution: checks the input, calls `execute`, and turns what it returns into events. Synchronous where the schema and
 * `execute` are. Every failure is an error result.
 */
export function executeTool<Output>(
  call: ToolCall,
  schema: StandardSchemaV1<unknown, Output>,
  execute: (input: Output, context: ToolContext) => unknown,
): Observable<ToolEvent> {
  return new Observable((subscriber) => {
    const controller = new AbortController();
    const context: ToolContext = { signal: controller.signal, toolCallId: call.toolCallId };
    let hasEnded = false;
    subscriber.add(() => {
      if (!hasEnded) controller.abort();
    });
    return settled(() => schema['~standard'].validate(call.input))
      .pipe(
        mergeMap((checked) => {
          if (checked.issues !== undefined) return of(invalidInput(call.toolName, checked.issues));
          return valuesOf(() => execute(checked.value, context)).pipe(lastIsResult(call.toolName));
        }),
        catchError((error: unknown) => of(toolFailure(call.toolName, error))),
        tap((event) => {
          // Before the result goes out: who takes it may unsubscribe at once, and that is no abort.
          if (event.type === 'tool-result') hasEnded = true;
        }),
      )
      .subscribe(subscriber);
  });
}

/** The one value of `produce`, now or when its promise settles. */
function settled<T>(produce: () => T | PromiseLike<T>): Observable<T> {
  return defer(() => {
    const value = produce();
    // Promise.resolve: a foreign thenable's `then` may return nothing, which rxjs would trip over.
    return isThenable(value) ? from(Promise.resolve(value)) : of(value);
  });
}

/** All that a tool returned: one value, or those of an AsyncIterable or Observable, also behind a promise. */
function valuesOf(produce: () => unknown): Observable<unknown> {
  return settled(produce).pipe(
    mergeMap((value) => {
      if (isObservable(value)) return value;
      return isAsyncIterable(value) ? pullValues(value) : of(value);
    }),
  );
}

/** Each value except the last is progress; one is held, because only the end tells which is last. */
function lastIsResult(toolName: string): (values: Observable<unknown>) => Observable<ToolEvent> {
  return (values) =>
    defer(() => {
      let last: { readonly value: unknown } | undefined;
      const agentAnswer = new AgentAnswer();
      const progress = values.pipe(
        map((value) => {
          agentAnswer.add(value);
          const before = last;
          last = { value };
          return before;
        }),
        filter((before) => before !== undefined),
        map((before): ToolEvent => ({ type: 'tool-progress', progress: before.value })),
      );
      return concat(
        progress,
        defer(() => of(agentAnswer.result ?? checkedResult(toolName, last?.value))),
      );
    });
}

function invalidInput(toolName: string, issues: readonly StandardSchemaV1.Issue[]): ToolEvent {
  const message = `Invalid input for "${toolName}":\n${describeIssues(issues)}`;
  return failed(message, new ValidationError(message));
}
