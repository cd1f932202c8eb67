import { EMPTY, type SchedulerLike, asyncScheduler, concat, defer, map, of, takeUntil, tap, timer } from 'rxjs';
import { ValidationError } from '../core/errors.js';
import { type ToolEvent, type ToolInterceptor, cutText, failed, jsonText } from '../core/tool.js';

/** Platform timers hold 31 bits and fire at once beyond. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Ends a tool that takes longer than `limitMs`: it is aborted, and the model reads an error result.
 *
 * The clock runs from the start of the call, also while a slow consumer holds the tool's progress back. An interceptor
 * further in that waits for a person (an approval) counts too: put it outside of this one.
 *
 * @param limitMs - milliseconds, more than 0 and less than 25 days.
 * @param scheduler - the clock. Default `asyncScheduler`.
 * @throws ValidationError when `limitMs` is outside of that.
 *
 * @example
 * new Agent({ model, tools, toolInterceptors: [limitToolTime(10_000)] });
 */
export function limitToolTime(limitMs: number, scheduler: SchedulerLike = asyncScheduler): ToolInterceptor {
  if (!(limitMs > 0 && limitMs <= maxTimerMs)) {
    throw new ValidationError(`limitToolTime: the limit is ${limitMs}; give milliseconds above 0, at most ${maxTimerMs}.`);
  }
  return (call, next) => {
    let isOver = false;
    const limit = timer(limitMs, scheduler).pipe(tap(() => (isOver = true)));
    const message = `The tool "${call.toolName}" was stopped: it took longer than ${limitMs} ms.`;
    return concat(
      next(call).pipe(takeUntil(limit)),
      defer(() => (isOver ? of(failed(message)) : EMPTY)),
    );
  };
}

/**
 * Cuts a tool's result that is longer than `maxCharacters`, so that it does not fill the model's context.
 *
 * A text keeps its beginning; other data is cut as the JSON text that the model would read. A note says how much is
 * missing, and comes on top of the limit.
 *
 * @param maxCharacters - UTF-16 code units, at least 1.
 * @throws ValidationError when `maxCharacters` is no whole number of at least 1.
 *
 * @example
 * new Agent({ model, tools, toolInterceptors: [limitToolOutput(20_000)] });
 */
export function limitToolOutput(maxCharacters: number): ToolInterceptor {
  if (!Number.isInteger(maxCharacters) || maxCharacters < 1) {
    throw new ValidationError(`limitToolOutput: the limit is ${maxCharacters}; give a whole number of characters, at least 1.`);
  }
  return (call, next) => next(call).pipe(map((event) => cutOutput(event, maxCharacters)));
}

function cutOutput(event: ToolEvent, maxCharacters: number): ToolEvent {
  if (event.type !== 'tool-result') return event;
  const text = typeof event.output === 'string' ? event.output : jsonText(event.output);
  if (text === undefined || text.length <= maxCharacters) return event;
  const kept = cutText(text, maxCharacters);
  return { ...event, output: `${kept}\n[cut: ${text.length - kept.length} of ${text.length} characters are left out]` };
}
