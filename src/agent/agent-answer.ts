import type { FinishChunk, StreamChunk } from '../core/chunk.js';
import { TextBuffer } from '../core/text-buffer.js';
import type { ToolEvent } from '../core/tool.js';

/** Reads what a tool returns in case it is the stream of another agent: then the tool's result is that agent's answer. */
export class AgentAnswer {
  readonly #text = new TextBuffer();
  #finish: FinishChunk | undefined;

  /** Takes the next value of the tool. */
  add(value: unknown): void {
    if (!isChunk(value)) return;
    if (value.type === 'text' || value.type === 'finish') this.#text.append(value.content);
    if (value.type === 'finish') this.#finish = value;
  }

  /** The answer's text, and what it cost; undefined when no stream of chunks has finished. */
  get result(): ToolEvent | undefined {
    if (this.#finish === undefined) return undefined;
    const { usage } = this.#finish;
    return { type: 'tool-result', output: this.#text.read(), isError: false, ...(usage !== undefined && { usage }) };
  }
}

/** Structural: chunks may come from another copy of the package. */
function isChunk(value: unknown): value is StreamChunk {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('isFinal' in value) || !('content' in value)) return false;
  return 'metadata' in value && typeof value.metadata === 'object' && value.metadata !== null && 'streamId' in value.metadata;
}
