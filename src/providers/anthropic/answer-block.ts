import { TextBuffer } from '../../core/text-buffer.js';
import type { ReplayBlock } from './replay.js';
import type { OpenCall, ParsedInput } from './tool-calls.js';
import { type WireData, numberOf, stringOf } from '../wire/wire-data.js';

/** A content block of the answer while it arrives: what it is, and what of it may have to go back. */
export type AnswerBlock = TextBlock | ThinkingBlock | CallBlock | OtherBlock;

export interface TextBlock {
  readonly kind: 'text';
  /** In UTF-16 code units: the text itself is not kept. */
  length: number;
  readonly citations: unknown[];
}

export interface ThinkingBlock {
  readonly kind: 'thinking';
  readonly text: TextBuffer;
  signature: string;
  whole: boolean;
}

export interface CallBlock {
  readonly kind: 'call';
  /** As its start gave it: fields like `caller` and `server_name` must go back. */
  readonly wire: WireData;
  readonly call: OpenCall;
  parsed: ParsedInput | undefined;
}

/** `redacted_thinking`, results of server tools, `compaction`, and kinds that are new to us. */
export interface OtherBlock {
  readonly kind: 'other';
  wire: WireData;
  /** A delta came that we do not know, so the block is not what we hold of it. */
  unclear: boolean;
  whole: boolean;
}

/** A server tool's call is known by this to its result, which may leave it out as well. */
export function wireIdOf(call: WireData): string {
  return stringOf(call.id) ?? '';
}

export function newTextBlock(): TextBlock {
  return { kind: 'text', length: 0, citations: [] };
}

export function newThinkingBlock(): ThinkingBlock {
  return { kind: 'thinking', text: new TextBuffer(), signature: '', whole: false };
}

/** The block as it goes back with the next request; undefined if it did not come whole. Text may be a part: it is ours. */
export function toReplayBlock(block: AnswerBlock): ReplayBlock | undefined {
  switch (block.kind) {
    case 'text':
      return { type: 'text', length: block.length, ...(block.citations.length > 0 && { citations: block.citations }) };
    case 'thinking':
      // The API takes no thinking without its signature.
      if (!block.whole || block.signature === '') return undefined;
      return { type: 'thinking', thinking: block.text.read(), signature: block.signature };
    case 'call':
      if (block.parsed === undefined) return undefined;
      return { ...block.wire, type: stringOf(block.wire.type) ?? 'tool_use', input: block.parsed.input ?? {} };
    case 'other':
      return block.whole && !block.unclear ? { ...block.wire, type: stringOf(block.wire.type) ?? '' } : undefined;
    default:
      block satisfies never;
      return undefined;
  }
}

/** The blocks of one answer, in the order in which they began. */
export class AnswerBlocks {
  readonly #all: AnswerBlock[] = [];
  readonly #byIndex = new Map<number, AnswerBlock>();
  #text: TextBlock | undefined;

  begin<B extends AnswerBlock>(block: B, index?: number): B {
    this.#all.push(block);
    if (index !== undefined) this.#byIndex.set(index, block);
    if (block.kind === 'text') this.#text = block;
    return block;
  }

  /** The block an event is about. A server that leaves the index out means the block that began last. */
  of(event: WireData): AnswerBlock | undefined {
    const index = numberOf(event.index);
    return index === undefined ? this.#all.at(-1) : this.#byIndex.get(index);
  }

  /** The text block that began last: text counts there, so that lengths cut the joined text right even if blocks mix. */
  get text(): TextBlock {
    return this.#text ?? this.begin(newTextBlock());
  }

  /** The calls of tools that the provider runs, by their id on the wire; `''` for those without one. */
  serverCalls(wireId: string): readonly CallBlock[] {
    return this.#all.filter((block) => block.kind === 'call').filter(({ call, wire }) => call.providerExecuted && wireIdOf(wire) === wireId);
  }

  /** What came whole, for `replay`. */
  toReplay(): readonly ReplayBlock[] {
    return this.#all.map(toReplayBlock).filter((block) => block !== undefined);
  }
}
