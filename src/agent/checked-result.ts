import { map } from 'rxjs';
import { ToolError } from '../core/errors.js';
import { type ToolEvent, type ToolInterceptor, failed, jsonText, result } from '../core/tool.js';

/** A result must go into the next request: what JSON cannot hold is an error result, found here and not then. */
export function checkedResult(toolName: string, output: unknown): ToolEvent {
  if (output === undefined) return result(null);
  try {
    if (jsonText(output) !== undefined) return result(output);
    return notSerialisable(toolName, `it is a ${typeof output}`);
  } catch (cause) {
    return notSerialisable(toolName, messageOf(cause), cause);
  }
}

function notSerialisable(toolName: string, why: string, cause?: unknown): ToolEvent {
  const message = `The result of "${toolName}" cannot be written as JSON: ${why}`;
  return failed(message, new ToolError(`${message}. Return plain data from execute.`, { cause }));
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
