import type { StreamChunk } from '../core/chunk.js';
import type { Message } from '../core/message.js';

/**
 * Keeps the ids of tool calls unique over a conversation: servers repeat or omit them, and some count from zero in each
 * answer. Within one step the translator has named them already.
 */
export class CallIds {
  readonly #used = new Set<string>();
  #step = new Map<string, string>();

  constructor(messages: readonly Message[]) {
    for (const message of messages) {
      if (message.role === 'assistant') for (const call of message.toolCalls ?? []) this.#used.add(call.toolCallId);
    }
  }

  /** No call was made yet: nothing can repeat an id, because a translator names the calls of its answer apart. */
  get isEmpty(): boolean {
    return this.#used.size === 0;
  }

  /** A new step begins: an id that was seen before is now another call's. */
  beginStep(): void {
    this.#step = new Map();
  }

  /** A call of the run, under the name it goes by. */
  add(toolCallId: string): void {
    this.#used.add(toolCallId);
  }

  /** The chunk with an id that no earlier step has used; the chunk itself when nothing has to change. */
  unique(chunk: StreamChunk): StreamChunk {
    if (chunk.type === 'text' || !('toolCallId' in chunk)) return chunk;
    const toolCallId = this.#nameOf(chunk.toolCallId);
    return toolCallId === chunk.toolCallId ? chunk : { ...chunk, toolCallId };
  }

  #nameOf(id: string): string {
    const known = this.#step.get(id);
    if (known !== undefined) return known;
    let name = id;
    for (let count = 2; this.#used.has(name); count++) name = `${id}_${count}`;
    this.#used.add(name);
    this.#step.set(id, name);
    return name;
  }
}
