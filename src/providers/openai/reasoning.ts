import { TextBuffer } from '../../core/text-buffer.js';
import { type WireData, filledString, isRecord, listOf } from '../wire/wire-data.js';

/** What a later request must send back of an answer's reasoning. The data of a `Replay` of this provider. */
export interface ChatReplay {
  /** The field in which the server streams its thinking and wants it back beside tool calls (DeepSeek, Kimi, GLM). */
  readonly reasoningField?: 'reasoning_content';
  /** OpenRouter's signed or encrypted `reasoning_details`, merged. */
  readonly reasoningDetails?: readonly WireData[];
}

/** One entry of `reasoning_details`, which arrives in pieces. */
interface ReasoningDetail {
  fields: WireData;
  /** Where its words are: `text` or `summary`; an encrypted entry has none. */
  readonly wordsField: 'text' | 'summary' | undefined;
  readonly words: TextBuffer;
}

function wordsFieldOf(entry: WireData): ReasoningDetail['wordsField'] {
  if (typeof entry.text === 'string' || entry.type === 'reasoning.text') return 'text';
  return typeof entry.summary === 'string' || entry.type === 'reasoning.summary' ? 'summary' : undefined;
}

function isSealed({ fields }: ReasoningDetail): boolean {
  return filledString(fields.signature) !== undefined || filledString(fields.data) !== undefined;
}

function known(entry: WireData): WireData {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null && value !== ''));
}

/** Reasoning in every dialect of one answer; the same words sent in two fields come out once. */
export class ReasoningReader {
  readonly #details: ReasoningDetail[] = [];
  #sawPlain = false;
  #sawReasoningContent = false;

  /** The words of one delta: `reasoning_content`, else `reasoning`, else what `reasoning_details` say. */
  read(delta: WireData): string {
    const details = delta.reasoning_details;
    const detailed = Array.isArray(details) ? this.#takeDetails(details) : '';
    const content = delta.reasoning_content;
    if (typeof content === 'string' && content !== '') {
      this.#sawPlain = true;
      this.#sawReasoningContent = true;
      return content;
    }
    const plain = delta.reasoning;
    if (typeof plain === 'string' && plain !== '') {
      this.#sawPlain = true;
      return plain;
    }
    return this.#sawPlain ? '' : detailed;
  }

  /** Undefined when nothing needs to go back. */
  replay(hasToolCalls: boolean): ChatReplay | undefined {
    const details = this.#details.some(isSealed) ? this.#details.map(toWire) : undefined;
    const field = hasToolCalls && this.#sawReasoningContent;
    if (details === undefined && !field) return undefined;
    return {
      ...(field && { reasoningField: 'reasoning_content' as const }),
      ...(details !== undefined && { reasoningDetails: details }),
    };
  }

  #takeDetails(details: readonly unknown[]): string {
    let words = '';
    for (const entry of details) if (isRecord(entry)) words += this.#takeDetail(entry);
    return words;
  }

  #takeDetail(entry: WireData): string {
    const wordsField = wordsFieldOf(entry);
    const last = this.#details.at(-1);
    const continues =
      last !== undefined && wordsField !== undefined && last.wordsField === wordsField && last.fields.index === entry.index;
    const detail = continues ? last : { fields: {}, wordsField, words: new TextBuffer() };
    if (!continues) this.#details.push(detail);
    detail.fields = { ...detail.fields, ...known(entry) };
    const words = wordsField === undefined ? '' : (filledString(entry[wordsField]) ?? '');
    detail.words.append(words);
    return words;
  }
}

function toWire({ fields, wordsField, words }: ReasoningDetail): WireData {
  return wordsField === undefined ? fields : { ...fields, [wordsField]: words.read() };
}

/** Mistral's `{ type: 'thinking', thinking: [{ type: 'text', text }] }`. */
export function thinkingText(part: WireData): string {
  if (typeof part.thinking === 'string') return part.thinking;
  return listOf(part.thinking)
    .map((piece) => (isRecord(piece) && typeof piece.text === 'string' ? piece.text : ''))
    .join('');
}
