import { type ContentBlock, isServerCall, isServerResult } from './replay.js';
import { type WireMessage, addMessage, withoutLastThinking } from './wire-message.js';

/**
 * The conversation without calls of server tools that nobody will answer any more.
 *
 * The API goes on with such a call when it is asked again, or when the results of our own tools come beside it. Once the user
 * has spoken it refuses the call: the turn that a failure, a limit or an abort ended in a pause leaves one behind.
 */
export function withoutOpenServerCalls(messages: readonly WireMessage[]): readonly WireMessage[] {
  const lastSpoken = messages.findLastIndex(({ role, content }) => role === 'user' && content.some(({ type }) => type !== 'tool_result'));
  const answered = new Set(messages.flatMap(({ content }) => content.filter(isServerResult).map((block) => block.tool_use_id)));
  const isOpen = (block: ContentBlock): boolean => isServerCall(block) && !answered.has(block.id);
  const closed: WireMessage[] = [];
  for (const [index, message] of messages.entries()) {
    const hasOpen = index < lastSpoken && message.content.some(isOpen);
    addMessage(closed, hasOpen ? { ...message, content: withoutLastThinking(message.content.filter((block) => !isOpen(block))) } : message);
  }
  return closed;
}
