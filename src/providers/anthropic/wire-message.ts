import type { ContentBlock } from './replay.js';

/** A message as the API takes it. */
export interface WireMessage {
  readonly role: 'user' | 'assistant';
  readonly content: ContentBlock[];
}

/** Adds a message; one of the role of the last goes into that one, an empty one nowhere. */
export function addMessage(messages: WireMessage[], { role, content }: WireMessage): void {
  const last = messages.at(-1);
  if (last?.role === role) last.content.push(...content);
  else if (content.length > 0) messages.push({ role, content: [...content] });
}

/** The API refuses an assistant message that ends with thinking: it is what an answer cut early leaves. */
export function withoutLastThinking(blocks: readonly ContentBlock[]): ContentBlock[] {
  return blocks.slice(0, blocks.findLastIndex(({ type }) => type !== 'thinking' && type !== 'redacted_thinking') + 1);
}
