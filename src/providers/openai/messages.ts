import type { ToolCall } from '../../core/chunk.js';
import { ValidationError } from '../../core/errors.js';
import type { AssistantMessage, Message, MessageContent, ToolMessage } from '../../core/message.js';
import { type WireData, isRecord } from '../wire/wire-data.js';

/** How messages are written for one server. */
export interface MessageOptions {
  /** The name under which our `replay` data is tagged. */
  readonly provider: string;
  /** Whether reasoning goes back: compatible servers want it, OpenAI's own API refuses fields it does not know. */
  readonly sendsReasoning: boolean;
}

/** Our messages as the Chat Completions API writes them. */
export function chatMessages(messages: readonly Message[], options: MessageOptions): readonly WireData[] {
  return messages.filter((message) => !isOthersPause(message, options)).map((message) => {
    switch (message.role) {
      case 'system':
      case 'user':
        return { role: message.role, content: chatContent(message.content) };
      case 'assistant':
        return assistantMessage(message, options);
      case 'tool':
        return { role: 'tool', tool_call_id: message.toolCallId, content: toolOutput(message) };
      default:
        message satisfies never;
        throw new ValidationError('A message has an unknown role. Use system, user, assistant or tool.');
    }
  });
}

/** An answer that another provider paused before its first word: all it holds is replay, which is that provider's alone. */
function isOthersPause(message: Message, { provider }: MessageOptions): boolean {
  if (message.role !== 'assistant' || message.content !== '') return false;
  return (message.toolCalls ?? []).length === 0 && message.replay !== undefined && message.replay.provider !== provider;
}

function chatContent(content: MessageContent): string | readonly WireData[] {
  if (typeof content === 'string') return content;
  return content.map((part) =>
    part.type === 'text' ? { type: 'text', text: part.text } : { type: 'image_url', image_url: { url: part.url } },
  );
}

function assistantMessage(message: AssistantMessage, options: MessageOptions): WireData {
  const calls = message.toolCalls ?? [];
  return {
    role: 'assistant',
    // The API wants null, not '', beside tool calls; without calls it wants a string.
    content: message.content === '' && calls.length > 0 ? null : message.content,
    ...(calls.length > 0 && { tool_calls: calls.map(chatToolCall) }),
    ...(options.sendsReasoning && reasoningFields(message, options.provider)),
  };
}

/** What the server asked to get back; data of another provider, or of a stranger, is left alone. */
function reasoningFields({ replay, reasoning }: AssistantMessage, provider: string): WireData {
  const data = replay?.provider === provider ? replay.data : undefined;
  if (!isRecord(data)) return {};
  return {
    ...(data.reasoningField === 'reasoning_content' && reasoning !== undefined && { reasoning_content: reasoning }),
    ...(Array.isArray(data.reasoningDetails) && { reasoning_details: data.reasoningDetails }),
  };
}

function chatToolCall(call: ToolCall): WireData {
  return { id: call.toolCallId, type: 'function', function: { name: call.toolName, arguments: toolArguments(call) } };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Servers parse the arguments of the history: what is no JSON would make the whole request invalid. */
function toolArguments({ input, invalidInput, toolName }: ToolCall): string {
  if (invalidInput !== undefined) return isJson(invalidInput) ? invalidInput : '{}';
  return toJson(input, `the input of tool ${toolName}`) ?? '{}';
}

function toolOutput({ output, toolName }: ToolMessage): string {
  return typeof output === 'string' ? output : (toJson(output, `the output of tool ${toolName}`) ?? 'null');
}

function toJson(value: unknown, what: string): string | undefined {
  try {
    // Typed as string; undefined and functions give undefined.
    return JSON.stringify(value);
  } catch (cause) {
    throw new ValidationError(`The history cannot be sent: ${what} is not JSON. Make it plain data or a string.`, { cause });
  }
}
