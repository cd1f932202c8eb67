import type { Observable, ObservableInput } from 'rxjs';
import type { ToolApprovalChunk, ToolCall, ToolProgressChunk, ToolResultChunk } from './chunk.js';

type EventFields<C> = Omit<C, 'content' | 'isFinal' | 'timestamp' | 'metadata' | 'toolCallId' | 'toolName' | 'providerExecuted'>;

/** What an interceptor emits: the operator adds id, name, timestamp and metadata. */
export type ToolEvent =
  | (Omit<EventFields<ToolApprovalChunk>, 'input'> & { readonly input?: unknown })
  | EventFields<ToolProgressChunk>
  | EventFields<ToolResultChunk>;

/** Runs a call, or hands it to the interceptor below. */
export type ToolHandler = (call: ToolCall) => Observable<ToolEvent>;

/**
 * Stands between the model's call and the tool (the shape of Angular's `HttpInterceptorFn`).
 *
 * Run: `next(call)`. Edit: `next({ ...call, input })`. Veto: `of(denied(reason))`. Cache: `of(result(value))`.
 * An error here is the user's and goes to the error channel; completing without a result counts as denied.
 */
export type ToolInterceptor = (call: ToolCall, next: ToolHandler) => ObservableInput<ToolEvent>;

/** A result for the model. */
export function result(output: unknown): ToolEvent {
  return { type: 'tool-result', output, isError: false };
}

/** An error result: the model reads `message`, the chunk carries `error`. */
export function failed(message: string, error?: unknown): ToolEvent {
  return { type: 'tool-result', output: message, isError: true, ...(error !== undefined && { error }) };
}

/** The result of a call that was not allowed to run. */
export function denied(reason?: string): ToolEvent {
  return failed(reason === undefined ? 'The call was denied.' : `The call was denied: ${reason}`);
}

/** The result of a call to a tool that does not exist; the model can choose another of `available`. */
export function unknownTool(name: string, available: Iterable<string> = []): ToolEvent {
  const names = [...available].join(', ');
  return failed(`No tool named "${name}" exists. ${names === '' ? 'There are no tools.' : `Available: ${names}.`}`);
}

/** The result of a call whose arguments came whole but were no JSON object; quotes their beginning alone. */
export function invalidArguments(call: ToolCall): ToolEvent {
  const raw = call.invalidInput ?? '';
  const quoted = cutText(raw, 200);
  return failed(
    `The arguments of "${call.toolName}" were not a JSON object: ${quoted}${quoted.length < raw.length ? '…' : ''}\n` +
      'Call the tool again with a JSON object that fits its parameters.',
  );
}

/** The first `maxCharacters` UTF-16 code units of a text, never ending in half a character. */
export function cutText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const last = text.charCodeAt(maxCharacters - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? maxCharacters - 1 : maxCharacters);
}

/** A value as JSON; `undefined` where JSON has no word for it (a function), which the type of `JSON.stringify` does not say. */
export function jsonText(value: unknown): string | undefined {
  return JSON.stringify(value);
}
