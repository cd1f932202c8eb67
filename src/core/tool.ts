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
