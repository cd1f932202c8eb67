import type { Replay, ToolCall } from '../../core/chunk.js';
import { ValidationError } from '../../core/errors.js';
import type { AssistantMessage } from '../../core/message.js';
import { type WireData, isRecord, listOf, numberOf, stringOf } from '../wire/wire-data.js';

/** Whose replay this is: other providers leave it alone. */
export const providerName = 'anthropic';

/** A content block as the API takes it. */
export type ContentBlock = WireData & { readonly type: string };

/** The answer's text is in the message already: a text block is kept by its length in UTF-16 code units. */
interface TextLength {
  readonly type: 'text';
  readonly length: number;
  /** Citations of searches hold tokens that the API wants back. */
  readonly citations?: readonly unknown[];
}

/** One block of an answer, in the order of the answer. */
export type ReplayBlock = ContentBlock | TextLength;

/** True for a block that message text and tool calls cannot say: it must go back as it came. */
function mustGoBack(block: ReplayBlock): boolean {
  if (block.type === 'text') return false;
  if (block.type !== 'tool_use') return true;
  const { caller, toolset_name: toolset } = block;
  return (isRecord(caller) && caller.type !== 'direct') || stringOf(toolset) !== undefined;
}

/**
 * What of an answer must be sent back unchanged; undefined when its text and tool calls say it all.
 *
 * @param keepsOpenServerTools false when a server tool without its result is to be left out: the API refuses it.
 */
export function packReplay(blocks: readonly ReplayBlock[], keepsOpenServerTools: boolean): Replay | undefined {
  const answered = new Set(blocks.map((block) => (isServerResult(block) ? block.tool_use_id : undefined)));
  const kept = blocks.filter((block) => keepsOpenServerTools || !isServerCall(block) || answered.has(block.id));
  return kept.some(mustGoBack) ? { provider: providerName, data: { blocks: kept } } : undefined;
}

/** A call of a tool that the provider runs: `server_tool_use`, `mcp_tool_use`, and what may come. */
export function isServerCall(block: { readonly type: string }): block is ContentBlock {
  return block.type.endsWith('_tool_use');
}

/** The result of such a call: `web_search_tool_result`, `mcp_tool_result`, and what may come. */
export function isServerResult(block: { readonly type: string }): block is ContentBlock {
  return block.type.endsWith('_tool_result');
}

/** The content blocks of an assistant message that carries a replay of ours; undefined if it carries none. */
export function unpackReplay(message: AssistantMessage): ContentBlock[] | undefined {
  const { replay, content } = message;
  if (replay?.provider !== providerName) return undefined;
  const stored = isRecord(replay.data) ? listOf(replay.data.blocks) : [];
  const blocks = stored.filter(isBlock);
  if (blocks.length === 0 || blocks.length < stored.length) {
    throw new ValidationError('The replay of an assistant message is damaged. Pass it on as the finish chunk gave it.');
  }
  const lengths = blocks.map((block) => (block.type === 'text' ? (numberOf(block.length) ?? 0) : 0));
  const isUnchanged = lengths.reduce((sum, length) => sum + length, 0) === content.length;
  const calls = matchCalls(blocks, message.toolCalls ?? []);
  const result: ContentBlock[] = [];
  let textStart = 0;
  for (const [index, block] of blocks.entries()) {
    if (block.type === 'tool_use') {
      const call = calls.next(block);
      if (call !== undefined) result.push({ ...block, id: call.toolCallId, name: call.toolName });
    } else if (block.type !== 'text') {
      result.push(block);
    } else if (isUnchanged) {
      const text = content.slice(textStart, (textStart += lengths[index] ?? 0));
      result.push({ type: 'text', text, ...(block.citations !== undefined && { citations: block.citations }) });
    } else if (textStart === 0) {
      // Somebody rewrote the text, so block boundaries and citations no longer fit it: it goes as one block.
      result.push({ type: 'text', text: content });
      textStart = content.length;
    }
  }
  result.push(...calls.rest().map(toolUseBlock));
  return result;
}

/** A call as the API takes it. Arguments that were no JSON object go as `{}`: the API refuses all else. */
export function toolUseBlock(call: ToolCall): ContentBlock {
  return { type: 'tool_use', id: call.toolCallId, name: call.toolName, input: isRecord(call.input) ? call.input : {} };
}

/**
 * Pairs `tool_use` blocks with the message's calls, which decide: a call may have been renamed (then the order counts) or
 * left out of the history (then the ids do).
 */
function matchCalls(blocks: readonly ContentBlock[], toolCalls: readonly ToolCall[]) {
  const open = [...toolCalls];
  const byOrder = blocks.filter((block) => block.type === 'tool_use').length === toolCalls.length;
  return {
    next(block: ContentBlock): ToolCall | undefined {
      if (byOrder) return open.shift();
      const index = open.findIndex((call) => call.toolCallId === block.id);
      return index < 0 ? undefined : open.splice(index, 1)[0];
    },
    rest: (): readonly ToolCall[] => open,
  };
}

function isBlock(value: unknown): value is ContentBlock {
  return isRecord(value) && typeof value.type === 'string';
}
