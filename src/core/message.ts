import type { Replay, ToolCall } from './chunk.js';

/** A piece of text inside a message. */
export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** An image inside a message: a URL (`https:` or `data:`). */
export interface ImagePart {
  readonly type: 'image';
  readonly url: string;
}

/** What a message says: a string, or parts. */
export type MessageContent = string | readonly (TextPart | ImagePart)[];

/** A message that instructs or asks the model. */
export interface PromptMessage {
  readonly role: 'system' | 'user';
  readonly content: MessageContent;
}

/** What the model answered in one model call. */
export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content: string;
  readonly reasoning?: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly replay?: Replay;
  /** The answer did not come whole: `content` is what arrived before the interruption. */
  readonly interrupted?: true;
}

/** The result of one tool call, for the model to read. */
export interface ToolMessage {
  readonly role: 'tool';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output: unknown;
  readonly isError: boolean;
}

/** One message of a conversation, the same for every provider. */
export type Message = PromptMessage | AssistantMessage | ToolMessage;

/** The text of a message's content; images are left out. */
export function textOf(content: MessageContent): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
