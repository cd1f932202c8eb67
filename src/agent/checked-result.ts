import { map } from 'rxjs';
import { ToolError } from '../core/errors.js';
import { isError } from '../core/is-error.js';
import { isPlainObject } from '../core/plain-data.js';
import { type ToolEvent, type ToolInterceptor, failed, jsonText, result } from '../core/tool.js';

/** A result must go into the next request: what JSON cannot hold is an error result, found here and not then. */
export function checkedResult(toolName: string, output: unknown): ToolEvent {
  if (output === undefined) return result(null);
  if (isError(output)) return toolFailure(toolName, output);
  try {
    const text = jsonText(output);
    if (text === undefined) return notSerialisable(toolName, `it is a ${typeof output}`);
    // A Map, a Response nobody read, a generator: what they hold is not in their JSON.
    return text === '{}' && !isPlainObject(output) ? notSerialisable(toolName, `nothing of ${kindOf(output)} would be left`) : result(output);
  } catch (cause) {
    return notSerialisable(toolName, messageOf(cause), cause);
  }
}

function notSerialisable(toolName: string, why: string, cause?: unknown): ToolEvent {
  const message = `The result of "${toolName}" cannot be written as JSON: ${why}`;
  return failed(message, new ToolError(`${message}. Return plain data from execute.`, { cause }));
}

/** The result of a tool that threw, or gave back an error as its value. */
export function toolFailure(toolName: string, error: unknown): ToolEvent {
  return failed(`The tool "${toolName}" failed: ${messageOf(error)}`, error);
}

/** `a Map`, `an Array Iterator`. */
function kindOf(value: unknown): string {
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  return `${/^[AEIOU]/.test(tag) ? 'an' : 'a'} ${tag}`;
}

/** What the author of the tool says went wrong, whole: the model may need every line of it. */
export function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return typeof message === 'string' && message !== '' ? message : 'no reason was given';
}

/** The outermost interceptor where the user has some: a result they make up must go into the next request too. */
export const checkResults: ToolInterceptor = (call, next) =>
  next(call).pipe(
    map((event): ToolEvent => {
      if (event.type !== 'tool-result' || event.isError) return event;
      const checked = checkedResult(call.toolName, event.output);
      return checked.type === 'tool-result' && checked.isError ? checked : event;
    }),
  );
