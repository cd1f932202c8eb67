import type { ToolCall } from '../../core/chunk.js';
import { ValidationError } from '../../core/errors.js';
import { type AssistantMessage, type Message, type MessageContent, type ToolMessage, textOf } from '../../core/message.js';
import { imageBlock } from './image.js';
import { withoutOpenServerCalls } from './open-server-calls.js';
import { type ContentBlock, toolUseBlock, unpackReplay } from './replay.js';
import { type WireMessage, addMessage, withoutLastThinking } from './wire-message.js';

/** What a conversation is on the wire: instructions apart, and messages of alternating roles. */
export interface WireConversation {
  readonly system?: string;
  readonly messages: readonly WireMessage[];
}

/**
 * Turns a conversation into the API's form: system messages joined, messages of one role merged, results of tools in the
 * user message right after their calls, in the order of the calls.
 *
 * @throws {ValidationError} the API would refuse it; the message says which one and why.
 */
export function toWireConversation(messages: readonly Message[]): WireConversation {
  const system: string[] = [];
  const merged: WireMessage[] = [];
  const add = (role: WireMessage['role'], content: ContentBlock[]): void => addMessage(merged, { role, content });
  let open: OpenCalls | undefined;
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      open = requireOpen(open, message, index);
      open.answer(message, index);
      if (open.isAnswered) {
        add('user', open.results());
        open = undefined;
      }
      continue;
    }
    open?.refuseNext(index);
    switch (message.role) {
      case 'system':
        system.push(systemText(message.content, index));
        break;
      case 'user':
        add('user', userBlocks(message.content, index));
        break;
      case 'assistant':
        add('assistant', assistantBlocks(message));
        open = message.toolCalls?.length ? new OpenCalls(message.toolCalls) : undefined;
        break;
      default:
        message satisfies never;
    }
  }
  open?.refuseNext(messages.length);
  if (merged[0]?.role !== 'user') {
    throw new ValidationError('A conversation for the Anthropic Messages API begins with a user message. Put one first.');
  }
  return { messages: withoutOpenServerCalls(merged), ...(system.length > 0 && { system: system.join('\n\n') }) };
}

/** The calls of one assistant message and the results that came for them so far. */
class OpenCalls {
  readonly #calls: readonly ToolCall[];
  readonly #results = new Map<string, ContentBlock>();

  constructor(calls: readonly ToolCall[]) {
    this.#calls = calls;
  }

  get isAnswered(): boolean {
    return this.#results.size === this.#calls.length;
  }

  answer(message: ToolMessage, index: number): void {
    const id = message.toolCallId;
    if (!this.#calls.some((call) => call.toolCallId === id) || this.#results.has(id)) {
      throw new ValidationError(`Message ${index} is a result for the call ${id}, which is not open there. Remove it.`);
    }
    const content = resultText(message, index);
    this.#results.set(id, { type: 'tool_result', tool_use_id: id, content, ...(message.isError && { is_error: true }) });
  }

  /** In the order of the calls. */
  results(): ContentBlock[] {
    return this.#calls.map((call) => this.#results.get(call.toolCallId)).filter((block) => block !== undefined);
  }

  /** Anything but a result while a call waits for one. */
  refuseNext(index: number): never {
    const missing = this.#calls.filter((call) => !this.#results.has(call.toolCallId)).map((call) => call.toolCallId);
    throw new ValidationError(
      `Before message ${index} the results of these tool calls are missing: ${missing.join(', ')}. Add a tool message for each.`,
    );
  }
}

function requireOpen(open: OpenCalls | undefined, message: ToolMessage, index: number): OpenCalls {
  if (open !== undefined) return open;
  throw new ValidationError(`Message ${index} is a result for the call ${message.toolCallId}, but no assistant message before it made a call.`);
}

function systemText(content: MessageContent, index: number): string {
  if (typeof content !== 'string' && content.some((part) => part.type === 'image')) {
    throw new ValidationError(`Message ${index} is a system message with an image. Put images into user messages.`);
  }
  return textOf(content);
}

function userBlocks(content: MessageContent, index: number): ContentBlock[] {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  const blocks = parts.map((part) => (part.type === 'text' ? textBlock(part.text) : imageBlock(part.url, index))).filter(saysSomething);
  if (blocks.length === 0) throw new ValidationError(`Message ${index} is an empty user message. Give it text or an image.`);
  return blocks;
}

/** Reasoning without a replay is left out: the API takes only thinking that it has signed. */
function assistantBlocks(message: AssistantMessage): ContentBlock[] {
  const plain = (): ContentBlock[] => [textBlock(message.content), ...(message.toolCalls ?? []).map(toolUseBlock)];
  return withoutLastThinking((unpackReplay(message) ?? plain()).filter(saysSomething));
}

function textBlock(text: string): ContentBlock {
  return { type: 'text', text };
}

/** The API refuses text blocks that are empty or white space. */
function saysSomething(block: ContentBlock): boolean {
  return block.type !== 'text' || (typeof block.text === 'string' && block.text.trim() !== '');
}

function resultText({ output, toolCallId }: ToolMessage, index: number): string {
  if (typeof output === 'string') return output;
  try {
    return output === undefined ? '' : JSON.stringify(output);
  } catch (cause) {
    throw new ValidationError(`Message ${index}: the result of the call ${toolCallId} cannot be written as JSON.`, { cause });
  }
}
