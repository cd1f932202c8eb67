import type { FinishReason, StreamChunk, ToolCallChunk, ToolInputChunk } from '../../src/core/chunk.js';
import { ValidationError } from '../../src/core/errors.js';
import { JsonParser } from './json-parser.js';

/** A value as far as it came, or the whole, which is still to be checked. */
export interface Reading {
  readonly value: unknown;
  readonly isWhole: boolean;
}

/** Reads the object of an answer's text. A state machine without rxjs; its methods throw `ValidationError`s. */
export class AnswerReader {
  #parser = new JsonParser();
  #isRead = false;

  read(chunk: StreamChunk): Reading | undefined {
    switch (chunk.type) {
      case 'text':
        return feed(this.#parser, chunk.content, 'The answer');
      case 'step':
        // The text before a tool call is no answer yet.
        if (chunk.finishReason === 'tool-calls') this.#parser = new JsonParser();
        return undefined;
      case 'restart':
        this.#parser = new JsonParser();
        return undefined;
      case 'finish':
        return this.#finish(chunk.content, chunk.finishReason);
      case 'reasoning':
      case 'tool-input':
      case 'tool-call':
      case 'tool-approval':
      case 'tool-progress':
      case 'tool-result':
      case 'source':
      case 'file':
        return undefined;
      default:
        chunk satisfies never;
        return undefined;
    }
  }

  /** The stream completed; with a `finish` everything has been said. */
  end(): Reading | undefined {
    if (this.#isRead || !this.#parser.isComplete) return undefined;
    return { value: this.#parser.value, isWhole: true };
  }

  #finish(content: string, reason: FinishReason): Reading {
    this.#isRead = true;
    feed(this.#parser, content, 'The answer');
    if (!this.#parser.isComplete) throw incomplete(this.#parser, 'The answer', reason);
    return { value: this.#parser.value, isWhole: true };
  }
}

/** Reads the input of the calls of one tool. */
export class ToolInputReader {
  readonly #toolName: string;
  readonly #what: string;
  /** The calls of this step that have begun; the newest is the one that is read. */
  #begun = new Set<string>();
  #parser: JsonParser | undefined;
  #toolCallId: string | undefined;

  constructor(toolName: string) {
    this.#toolName = toolName;
    this.#what = `The input of "${toolName}"`;
  }

  read(chunk: StreamChunk): Reading | undefined {
    switch (chunk.type) {
      case 'tool-input':
        return chunk.toolName === this.#toolName ? this.#readInput(chunk) : undefined;
      case 'tool-call':
        return chunk.toolName === this.#toolName ? this.#readCall(chunk) : undefined;
      case 'restart':
        this.#forget();
        return undefined;
      case 'step':
      case 'finish':
        if (this.#parser !== undefined) throw incomplete(this.#parser, this.#what, chunk.finishReason);
        this.#forget();
        return undefined;
      case 'text':
      case 'reasoning':
      case 'tool-approval':
      case 'tool-progress':
      case 'tool-result':
      case 'source':
      case 'file':
        return undefined;
      default:
        chunk satisfies never;
        return undefined;
    }
  }

  /** A call that was not completed is no object. */
  end(): undefined {
    return undefined;
  }

  #readInput({ toolCallId, inputDelta }: ToolInputChunk): Reading | undefined {
    if (!this.#begun.has(toolCallId)) {
      this.#begun.add(toolCallId);
      this.#toolCallId = toolCallId;
      this.#parser = new JsonParser();
    }
    // Of calls whose pieces alternate only the newest is followed; the others come whole with their `tool-call`.
    if (toolCallId !== this.#toolCallId || this.#parser === undefined) return undefined;
    return feed(this.#parser, inputDelta, this.#what);
  }

  #readCall(chunk: ToolCallChunk): Reading {
    this.#begun.add(chunk.toolCallId);
    const partial = this.#parser?.value;
    if (chunk.toolCallId === this.#toolCallId) this.#parser = undefined;
    if (chunk.invalidInput === undefined) return { value: chunk.input, isWhole: true };
    throw new ValidationError(`${this.#what} is no JSON object. What came is in \`partial\`; ask again.`, { partial });
  }

  #forget(): void {
    this.#begun = new Set();
    this.#parser = undefined;
    this.#toolCallId = undefined;
  }
}

function feed(parser: JsonParser, text: string, what: string): Reading | undefined {
  const hasChanged = parser.feed(text);
  if (parser.problem !== undefined) {
    throw new ValidationError(`${what} is no JSON: ${parser.problem}. What came is in \`partial\`; ask again.`, { partial: parser.value });
  }
  return hasChanged ? { value: parser.value, isWhole: false } : undefined;
}

function incomplete(parser: JsonParser, what: string, reason: FinishReason): ValidationError {
  if (!parser.hasBegun) return new ValidationError(`${what} holds no JSON object or array. Ask for one: set responseFormat.`, { partial: undefined });
  const advice = reason === 'length' ? 'Raise maxTokens, or ask for less.' : 'Ask again.';
  return new ValidationError(`${what} ended (${reason}) before its JSON did. ${advice} What came is in \`partial\`.`, { partial: parser.value });
}
