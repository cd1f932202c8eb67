import { type Replay, type StreamChunk, chunkMetadata, finishChunk, reasoningChunk, textChunk } from '../../core/chunk.js';
import {
  type PartialFacts,
  type Translator,
  type TranslatorContext,
  type WireEvent,
  WireFault,
  parseEventData,
} from '../wire/translator.js';
import { type AnswerBlock, AnswerBlocks, newTextBlock, newThinkingBlock } from './answer-block.js';
import { sourceOf } from './citation.js';
import { isServerCall, isServerResult, packReplay } from './replay.js';
import { ServerTools } from './server-tools.js';
import { finishReasonOf, leavesServerToolsOpen } from './stop-reason.js';
import { signReplay } from '../server-replay.js';
import { streamError } from '../stream-error.js';
import { ToolCalls } from './tool-calls.js';
import { UsageReport } from './usage-report.js';
import { TextEnvelope } from '../wire/text-envelope.js';
import { type WireData, isRecord, listOf, numberOf, stringOf } from '../wire/wire-data.js';

type Emit = (chunk: StreamChunk) => void;

/** Translates the events of one answer of `server` into chunks (API reference of the Messages API, "Streaming messages"). */
export function messagesTranslator(context: TranslatorContext, server?: string): Translator {
  return new MessagesTranslator(context, server);
}

/** An event that brings a piece of text and nothing else. */
function isTextDelta(data: WireData): data is { readonly delta: { readonly text: string } } {
  const { type, delta } = data;
  return type === 'content_block_delta' && isRecord(delta) && delta.type === 'text_delta' && typeof delta.text === 'string';
}

/** The state of one answer; `completion.ts` feeds it a whole message. */
export class MessagesTranslator implements Translator {
  readonly #context: TranslatorContext;
  readonly #server: string | undefined;
  readonly #calls: ToolCalls;
  readonly #serverTools: ServerTools;
  readonly #usage = new UsageReport();
  readonly #blocks = new AnswerBlocks();
  readonly #envelope = new TextEnvelope('text');
  #ended = false;
  #stopReason: string | undefined;
  /** What `finish` says in its metadata besides `streamId`. */
  #more: Record<string, unknown> = {};

  constructor(context: TranslatorContext, server?: string) {
    this.#context = context;
    this.#server = server;
    this.#calls = new ToolCalls(context);
    this.#serverTools = new ServerTools(context);
  }

  get phase(): 'open' | 'ended' {
    return this.#ended ? 'ended' : 'open';
  }

  translate(event: WireEvent, emit: Emit): void {
    const piece = this.#envelope.read(event.data);
    if (piece !== undefined) {
      this.#addText(piece, emit);
      return;
    }
    // As the SDK does: an event with nothing in it says nothing.
    if (event.data.trim() === '') return;
    const data = parseEventData(event.data);
    this.take(data, emit, event.event);
    if (isTextDelta(data)) this.#envelope.learn(event.data, data.delta.text);
  }

  /** Takes the data of one event. */
  take(data: WireData, emit: Emit, eventName?: string): void {
    switch (typeOf(data, eventName)) {
      case 'content_block_delta':
        this.#onDelta(data, emit);
        return;
      case 'content_block_start':
        this.#onBlockStart(data, emit);
        return;
      case 'content_block_stop':
        this.#onBlockStop(data, emit);
        return;
      case 'message_start':
        this.#onMessageStart(data);
        return;
      case 'message_delta':
        this.#onMessageDelta(data, emit);
        return;
      case 'message_stop':
        this.#ended = true;
        return;
      case 'error':
        throw new WireFault('provider', streamError(data, this.#context));
      default:
        // `ping`, and kinds that are new to us: the API's versioning rules say to pass them over.
        return;
    }
  }

  finish(emit: Emit): void {
    const stopReason = this.#stopReason;
    this.#calls.settle(stopReason, emit);
    const usage = this.#usage.read();
    const replay = this.#replay(leavesServerToolsOpen(stopReason));
    const { metadata, timestamp } = this.#context;
    const fields = {
      finishReason: finishReasonOf(stopReason, this.#calls.hasOwnCall),
      ...(stopReason !== undefined && { rawFinishReason: stopReason }),
      ...(usage !== undefined && { usage }),
      ...(replay !== undefined && { replay }),
    };
    emit(finishChunk(fields, chunkMetadata(metadata.streamId, { ...metadata, ...this.#more }), timestamp));
  }

  partialFacts(): PartialFacts {
    const usage = this.#usage.read();
    return { usage: usage && { ...usage, estimated: true }, replay: this.#replay(false) };
  }

  #replay(keepsOpenServerTools: boolean): Replay | undefined {
    return signReplay(packReplay(this.#blocks.toReplay(), keepsOpenServerTools), this.#server);
  }

  #onDelta(data: WireData, emit: Emit): void {
    const { delta } = data;
    if (!isRecord(delta)) return;
    switch (delta.type) {
      case 'text_delta':
        this.#addText(stringOf(delta.text), emit);
        return;
      case 'thinking_delta':
        this.#addThinking(data, stringOf(delta.thinking), emit);
        return;
      case 'input_json_delta': {
        const block = this.#blocks.of(data);
        const fragment = stringOf(delta.partial_json);
        // After the end of its block the arguments are whole: the call has gone out with them.
        if (block?.kind === 'call' && block.parsed === undefined && fragment !== undefined) this.#calls.addInput(block.call, fragment, emit);
        return;
      }
      case 'signature_delta': {
        const block = this.#blocks.of(data);
        // It comes whole, once, at the end of its block.
        if (block?.kind === 'thinking') block.signature = stringOf(delta.signature) ?? block.signature;
        return;
      }
      case 'citations_delta':
        this.#addCitation(data, delta.citation, emit);
        return;
      default:
        this.#onOtherDelta(data, delta);
    }
  }

  #addText(text: string | undefined, emit: Emit): void {
    if (text === undefined || text === '') return;
    this.#blocks.text.length += text.length;
    emit(textChunk(text, this.#context.metadata, this.#context.timestamp));
  }

  #addThinking(data: WireData, thinking: string | undefined, emit: Emit): void {
    if (thinking === undefined || thinking === '') return;
    const known = this.#blocks.of(data);
    const block = known?.kind === 'thinking' ? known : this.#blocks.begin(newThinkingBlock(), numberOf(data.index));
    block.text.append(thinking);
    emit(reasoningChunk(thinking, this.#context.metadata, this.#context.timestamp));
  }

  #addCitation(data: WireData, citation: unknown, emit: Emit): void {
    if (!isRecord(citation)) return;
    const block = this.#blocks.of(data);
    if (block?.kind === 'text') block.citations.push(citation);
    const { metadata, timestamp } = this.#context;
    emit({ type: 'source', content: '', isFinal: false, timestamp, metadata, ...sourceOf(citation) });
  }

  #onOtherDelta(data: WireData, delta: WireData): void {
    const block = this.#blocks.of(data);
    if (block?.kind !== 'other') return;
    if (delta.type !== 'compaction_delta') {
      block.unclear = true;
      return;
    }
    // The delta holds the block's final fields (`content`, `encrypted_content`), not a piece of them.
    block.wire = { ...block.wire, ...delta, type: block.wire.type };
  }

  #onBlockStart(data: WireData, emit: Emit): void {
    const wire = data.content_block;
    if (!isRecord(wire)) return;
    const type = stringOf(wire.type) ?? '';
    const index = numberOf(data.index);
    this.#calls.goOn(emit);
    if (type === 'text') {
      this.#blocks.begin(newTextBlock(), index);
      this.#addText(stringOf(wire.text), emit);
      for (const citation of listOf(wire.citations)) this.#addCitation(data, citation, emit);
    } else if (type === 'thinking') {
      const block = this.#blocks.begin(newThinkingBlock(), index);
      block.signature = stringOf(wire.signature) ?? '';
      this.#addThinking(data, stringOf(wire.thinking), emit);
    } else if (type === 'tool_use' || isServerCall({ type })) {
      const call = this.#calls.begin(wire, type !== 'tool_use');
      this.#blocks.begin({ kind: 'call', wire, call, parsed: undefined }, index);
      if (call.providerExecuted) this.#serverTools.onCall(wire, call);
    } else {
      this.#blocks.begin({ kind: 'other', wire, unclear: false, whole: false }, index);
      if (isServerResult({ type })) this.#onServerResult(wire, emit);
    }
  }

  #onServerResult(wire: WireData, emit: Emit): void {
    // A call whose end we were not told is complete when its result comes.
    const wireId = stringOf(wire.tool_use_id) ?? '';
    for (const block of this.#blocks.serverCalls(wireId)) this.#endBlock(block, emit);
    this.#serverTools.onResult(wireId, wire, emit);
  }

  #onBlockStop(data: WireData, emit: Emit): void {
    const block = this.#blocks.of(data);
    if (block !== undefined) this.#endBlock(block, emit);
  }

  #endBlock(block: AnswerBlock, emit: Emit): void {
    if (block.kind === 'call') block.parsed ??= this.#calls.end(block.call, emit);
    else if (block.kind !== 'text') block.whole = true;
  }

  #onMessageStart(data: WireData): void {
    const { message } = data;
    if (!isRecord(message)) return;
    this.#usage.add(message.usage);
    const model = stringOf(message.model);
    if (model !== undefined) this.#more.model = model;
  }

  #onMessageDelta(data: WireData, emit: Emit): void {
    this.#usage.add(data.usage);
    if (!isRecord(data.delta)) return;
    const { stop_reason: stopReason, stop_sequence: stopSequence, stop_details: stopDetails } = data.delta;
    if (typeof stopSequence === 'string') this.#more.stopSequence = stopSequence;
    // Says why a refusal was one.
    if (isRecord(stopDetails)) this.#more.stopDetails = stopDetails;
    if (typeof stopReason !== 'string') return;
    this.#stopReason = stopReason;
    this.#calls.settle(stopReason, emit);
  }
}

/** The data decides: proxies drop the event's name or announce another. Only data without a type leaves it to the name. */
function typeOf(data: WireData, eventName: string | undefined): string | undefined {
  if (typeof data.type === 'string') return data.type;
  return data.error !== undefined && data.error !== null ? 'error' : eventName;
}
