import type { ToolCall } from '../../core/chunk.js';
import { ValidationError } from '../../core/errors.js';
import type { AssistantMessage, Message, MessageContent, ToolMessage } from '../../core/message.js';
import { type WireData, isRecord } from '../wire/wire-data.js';
import type { ChatDialect } from './dialect.js';

/** Our messages as the Chat Completions API writes them. */
export function chatMessages(messages: readonly Message[], dialect: ChatDialect): readonly WireData[] {
  return (dialect.wantsAnswerToResults ? withAnswers(messages) : messages).map((message) => {
    switch (message.role) {
      case 'system':
      case 'user':
        return { role: message.role, content: chatContent(message.content) };
      case 'assistant':
        return assistantMessage(message, dialect);
      case 'tool':
        return { role: 'tool', tool_call_id: message.toolCallId, content: toolOutput(message) };
      default:
        message satisfies never;
        throw new ValidationError('A message has an unknown role. Use system, user, assistant or tool.');
    }
  });
}

/**
 * Mistral refuses a question right after results of tools (error code 3230), where a run ended before the model had answered
 * them. It gets the answer that Mistral's own command line puts there.
 */
function withAnswers(messages: readonly Message[]): readonly Message[] {
  return messages.flatMap((message, index): readonly Message[] => {
    const isOpen = messages[index - 1]?.role === 'tool' && message.role !== 'tool' && message.role !== 'assistant';
    return isOpen ? [{ role: 'assistant', content: 'Understood.' }, message] : [message];
  });
}

function chatContent(content: MessageContent): string | readonly WireData[] {
  if (typeof content === 'string') return content;
  return content.map((part) =>
    part.type === 'text' ? { type: 'text', text: part.text } : { type: 'image_url', image_url: { url: part.url } },
  );
}

function assistantMessage(message: AssistantMessage, { sendsReasoning }: ChatDialect): WireData {
  const calls = message.toolCalls ?? [];
  return {
    role: 'assistant',
    // The API wants null, not '', beside tool calls; without calls it wants a string.
    content: message.content === '' && calls.length > 0 ? null : message.content,
    ...(calls.length > 0 && { tool_calls: calls.map(chatToolCall) }),
    ...(sendsReasoning && reasoningFields(message)),
  };
}

/** What the server asked to get back; data of a stranger is left alone. */
function reasoningFields({ replay, reasoning }: AssistantMessage): WireData {
  const data = replay?.data;
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
