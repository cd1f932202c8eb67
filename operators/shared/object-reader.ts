import type { FinishReason, StreamChunk, ToolCallChunk, ToolInputChunk } from '../../src/core/chunk.js';
import { ValidationError } from '../../src/core/errors.js';
import { GrowingObject } from './growing-object.js';

/** A value as far as it came, or the whole, which is still to be checked. */
export interface Reading {
  readonly value: unknown;
  readonly isWhole: boolean;
}

const answer = 'The answer';

/** Reads the object of an answer's text. A state machine without rxjs; its methods throw `ValidationError`s. */
export class AnswerReader {
  #object = new GrowingObject();
  #isRead = false;

  read(chunk: StreamChunk): Reading | undefined {
    switch (chunk.type) {
      case 'text':
        return this.#feed(chunk.content);
      case 'step':
        // The text before a tool call is no answer yet, and need not be JSON: `[` stands in prose too.
        if (chunk.finishReason === 'tool-calls') this.#object = new GrowingObject();
        checkJson(this.#object, answer);
        return undefined;
      case 'restart':
        this.#object = new GrowingObject();
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
    if (this.#isRead) return undefined;
    checkJson(this.#object, answer);
    return this.#object.isComplete ? { value: this.#object.value, isWhole: true } : this.held();
  }

  /** What has come and was not given out yet. */
  held(): Reading | undefined {
    return heldOf(this.#object);
  }

  #finish(content: string, reason: FinishReason): Reading {
    this.#isRead = true;
    this.#feed(content);
    checkJson(this.#object, answer);
    if (!this.#object.isComplete) throw incomplete(this.#object, answer, reason);
    return { value: this.#object.value, isWhole: true };
  }

  /** What is no JSON is an error only when its step has ended: until then a tool call may follow. */
  #feed(text: string): Reading | undefined {
    const isDue = this.#object.feed(text);
    return isDue && this.#object.problem === undefined ? { value: this.#object.value, isWhole: false } : undefined;
  }
}

/** Reads the input of the calls of one tool. */
export class ToolInputReader {
  readonly #toolName: string;
  readonly #what: string;
  /** The calls of this step that have begun; the newest is the one that is read. */
  #begun = new Set<string>();
  #object: GrowingObject | undefined;
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
        if (this.#object !== undefined) throw incomplete(this.#object, this.#what, chunk.finishReason);
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

  /** A call that was not completed is no whole object. */
  end(): Reading | undefined {
    return this.held();
  }

  /** What has come and was not given out yet. */
  held(): Reading | undefined {
    return this.#object && heldOf(this.#object);
  }

  #readInput({ toolCallId, inputDelta }: ToolInputChunk): Reading | undefined {
    if (!this.#begun.has(toolCallId)) {
      this.#begun.add(toolCallId);
      this.#toolCallId = toolCallId;
      this.#object = new GrowingObject();
    }
    // Of calls whose pieces alternate only the newest is followed; the others come whole with their `tool-call`.
    if (toolCallId !== this.#toolCallId || this.#object === undefined) return undefined;
    return feed(this.#object, inputDelta, this.#what);
  }

  #readCall(chunk: ToolCallChunk): Reading {
    const object = this.#object;
    if (chunk.toolCallId === this.#toolCallId) this.#object = undefined;
    if (chunk.invalidInput === undefined) return { value: chunk.input, isWhole: true };
    const partial = object?.value;
    throw new ValidationError(`${this.#what} is no JSON object. What came is in \`partial\`; ask again.`, { partial });
  }

  #forget(): void {
    this.#begun = new Set();
    this.#object = undefined;
    this.#toolCallId = undefined;
  }
}

function feed(object: GrowingObject, text: string, what: string): Reading | undefined {
  const isDue = object.feed(text);
  checkJson(object, what);
  return isDue ? { value: object.value, isWhole: false } : undefined;
}

function checkJson(object: GrowingObject, what: string): void {
  if (object.problem === undefined) return;
  throw new ValidationError(`${what} is no JSON: ${object.problem}. What came is in \`partial\`; ask again.`, { partial: object.value });
}

function heldOf(object: GrowingObject): Reading | undefined {
  return object.takeHeld() ? { value: object.value, isWhole: false } : undefined;
}

function incomplete(object: GrowingObject, what: string, reason: FinishReason): ValidationError {
  if (!object.hasBegun) return new ValidationError(`${what} holds no JSON object or array. Ask for one: set responseFormat.`, { partial: undefined });
  const advice = reason === 'length' ? 'Raise maxTokens, or ask for less.' : 'Ask again.';
  return new ValidationError(`${what} ended (${reason}) before its JSON did. ${advice} What came is in \`partial\`.`, { partial: object.value });
}
