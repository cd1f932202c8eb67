import type { Observable } from 'rxjs';
import type { Replay, StepFinishReason, StreamChunk, ToolCall } from './chunk.js';
import type { Message } from './message.js';
import type { Usage } from './usage.js';

/** A JSON Schema object, as sent to a provider. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a provider is told about a tool. */
export interface ToolDefinition {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the tool's input: an object schema. */
  readonly parameters: JsonSchema;
}

/** Whether and which tool the model must call. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly toolName: string };

/** What form the answer must take. */
export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | { readonly type: 'json-schema'; readonly name: string; readonly schema: JsonSchema; readonly strict?: boolean };

/** Options of one model call that every provider understands or refuses. */
export interface ModelOptions {
  /** 0 to 2 by most providers' rules. */
  readonly temperature?: number;
  /** Upper limit of the answer, in tokens. */
  readonly maxTokens?: number;
  /** Nucleus sampling, 0 to 1. */
  readonly topP?: number;
  /** Texts at which the model stops. */
  readonly stop?: string | readonly string[];
  /** For answers that repeat, where the provider supports it. */
  readonly seed?: number;
  readonly toolChoice?: ToolChoice;
  readonly responseFormat?: ResponseFormat;
  /** Further fields for the request body, as the provider names them. They win over ours. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** One model call. */
export interface ProviderRequest extends ModelOptions {
  readonly messages: readonly Message[];
  readonly tools?: readonly ToolDefinition[];
  /** Goes into `metadata` of every chunk; made up when absent. */
  readonly streamId?: string;
  /** How often the SDK may repeat the request before the first byte; the SDK's default stands when absent. */
  readonly maxRetries?: number;
}

/** A whole answer, of a call without streaming. */
export interface Completion {
  readonly content: string;
  readonly reasoning?: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage?: Usage;
  readonly finishReason: StepFinishReason;
  readonly rawFinishReason?: string;
  readonly replay?: Replay;
}

/** What a provider's models can do; what is absent is not known. */
export interface ProviderCapabilities {
  readonly tools?: boolean;
  readonly images?: boolean;
  readonly reasoning?: boolean;
  readonly structuredOutput?: boolean;
}

/** Where answers come from. Unsubscribing is the only cancel a stream knows. */
export interface Provider {
  readonly name: string;
  readonly model: string;
  readonly capabilities?: ProviderCapabilities;
  /** False: an agent calls `complete` and makes chunks of what it gives. */
  supportsStreaming(): boolean;
  /** Cold: each subscription is one model call; unsubscribing aborts it. */
  stream$(request: ProviderRequest): Observable<StreamChunk>;
  /** The whole answer at once; `signal` aborts the request. */
  complete(request: ProviderRequest, options?: { readonly signal?: AbortSignal }): Promise<Completion>;
}
