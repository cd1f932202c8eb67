import { type FinishFields, type Replay, type StepFinishReason, type StreamChunk, chunkMetadata, finishChunk, reasoningChunk, textChunk } from '../../core/chunk.js';
import type { Usage } from '../../core/usage.js';
import { type AnswerPhase, type PartialFacts, type Translator, type TranslatorContext, type WireEvent, WireFault, parseEventData } from '../wire/translator.js';
import { finishReasonOf } from './finish-reason.js';
import { messageDelta, saysSomething } from './message-delta.js';
import { ReasoningReader, thinkingText } from './reasoning.js';
import { SourceReader, imageChunk } from './sources.js';
import { signReplay } from '../server-replay.js';
import { streamError } from '../stream-error.js';
import { errorIn } from './error-in.js';
import { ToolCallAssembler } from './tool-calls.js';
import { usageOf, usageReportOf } from './usage.js';
import { TextEnvelope } from '../wire/text-envelope.js';
import { type WireData, filledString, isRecord, listOf } from '../wire/wire-data.js';

type Emit = (chunk: StreamChunk) => void;

/** Translates the events of one Chat Completions answer, of OpenAI or of the compatible `server`. */
export function chatTranslator(context: TranslatorContext, server?: string): Translator {
  return new ChatTranslator(context, server);
}

/** The text of an event that brings a piece of it and nothing else: one choice, no finish reason, no other delta. */
function textAlone({ choices }: WireData): string | undefined {
  const [choice, other] = listOf(choices);
  if (!isRecord(choice) || other !== undefined || !isRecord(choice.delta) || Boolean(choice.finish_reason)) return undefined;
  if (choice.index !== 0) return undefined;
  const { content } = choice.delta;
  if (typeof content !== 'string' || content === '') return undefined;
  const hasMore = Object.entries(choice.delta).some(([name, value]) => name !== 'content' && name !== 'role' && value !== null);
  return hasMore ? undefined : content;
}

/** The state of one answer. `take` also reads a whole `chat.completion`. */
export class ChatTranslator implements Translator {
  phase: AnswerPhase = 'open';
  readonly #context: TranslatorContext;
  readonly #server: string | undefined;
  readonly #reasoning = new ReasoningReader();
  readonly #sources: SourceReader;
  readonly #calls: ToolCallAssembler;
  readonly #otherChoices = new Set<unknown>();
  readonly #envelope = new TextEnvelope('content');
  #usageReport: WireData | undefined;
  /** A delta brought a piece of the answer: a whole message after it would bring it again. */
  #hasDeltas = false;
  #model: string | undefined;
  #refused = false;
  #rawFinishReason: string | undefined;

  constructor(context: TranslatorContext, server?: string) {
    this.#context = context;
    this.#server = server;
    this.#sources = new SourceReader(context);
    this.#calls = new ToolCallAssembler(context);
  }

  translate(event: WireEvent, emit: Emit): void {
    const { data } = event;
    if (data.startsWith('[DONE]')) {
      this.phase = 'ended';
      return;
    }
    const piece = this.#envelope.read(data);
    if (piece !== undefined && event.event === undefined) {
      this.#emitText(piece, emit);
      return;
    }
    if (event.event === 'error') this.#checkErrorEvent(data);
    if (data.trim() === '') return;
    const chunk = parseEventData(data);
    this.take(chunk, emit);
    const text = textAlone(chunk);
    if (text !== undefined) this.#envelope.learn(data, text);
  }

  /** Takes one `chat.completion.chunk`; some servers send the whole message as one. */
  take(chunk: WireData, emit: Emit): void {
    const { choices } = chunk;
    let first: WireData | undefined;
    if (Array.isArray(choices)) {
      for (const choice of choices as readonly unknown[]) {
        if (!isRecord(choice)) continue;
        // Index 0 alone is streamed; a server that sends no index has one choice.
        if ((choice.index ?? 0) !== 0) this.#otherChoices.add(choice.index);
        else first = choice;
      }
    }
    if (first !== undefined) this.#takeChoice(first, emit);
    this.#takeFacts(chunk, first, emit);
    const error = errorIn(chunk, first);
    if (error !== undefined) throw new WireFault('provider', streamError(error, this.#context));
    if (first !== undefined) this.#takeFinishReason(first.finish_reason, emit);
  }

  finish(emit: Emit): void {
    this.#calls.finish(this.#limitReason(), emit);
    const usage = this.#usage();
    const replay = this.#replay();
    const fields: FinishFields = {
      finishReason: this.#finishReason(),
      ...(this.#rawFinishReason !== undefined && { rawFinishReason: this.#rawFinishReason }),
      ...(usage !== undefined && { usage }),
      ...(replay !== undefined && { replay }),
    };
    const { streamId, ...more } = this.#context.metadata;
    const metadata = chunkMetadata(streamId, {
      ...more,
      ...(this.#model !== undefined && { model: this.#model }),
      ...(this.#otherChoices.size > 0 && { otherChoices: this.#otherChoices.size }),
    });
    emit(finishChunk(fields, metadata, this.#context.timestamp));
  }

  partialFacts(): PartialFacts {
    const usage = this.#usage();
    return { usage: usage === undefined ? undefined : { ...usage, estimated: true }, replay: this.#replay() };
  }

  #takeChoice({ delta, message }: WireData, emit: Emit): void {
    if (isRecord(delta)) {
      this.#hasDeltas ||= saysSomething(delta);
      this.#takeDelta(delta, emit);
    } else if (isRecord(message) && !this.#hasDeltas) this.#takeDelta(messageDelta(message), emit);
  }

  /** The path of every token: no closure, no spread. */
  #takeDelta(delta: WireData, emit: Emit): void {
    const reasoning = this.#reasoning.read(delta);
    if (reasoning !== '') this.#emitReasoning(reasoning, emit);
    const { content } = delta;
    if (typeof content === 'string') {
      if (content !== '') this.#emitText(content, emit);
    } else if (Array.isArray(content)) this.#takeParts(content, emit);
    if (typeof delta.refusal === 'string' && delta.refusal !== '') this.#takeRefusal(delta.refusal, emit);
    if (Array.isArray(delta.tool_calls) && this.#calls.take(delta.tool_calls, emit)) this.phase = 'open';
    if (isRecord(delta.function_call) && this.#calls.takeLegacy(delta.function_call, emit)) this.phase = 'open';
    if (delta.images !== undefined) for (const image of listOf(delta.images)) this.#takeImage(image, emit);
    if (delta.annotations !== undefined) this.#sources.takeAnnotations(delta.annotations, emit);
  }

  /** Content as a list of parts: Mistral's thinking models, and servers that stream images in content. */
  #takeParts(parts: readonly unknown[], emit: Emit): void {
    for (const part of parts) {
      if (!isRecord(part)) continue;
      const thinking = part.type === 'thinking' ? thinkingText(part) : '';
      const text = part.type === 'thinking' ? undefined : filledString(part.text);
      const refusal = filledString(part.refusal);
      if (thinking !== '') this.#emitReasoning(thinking, emit);
      if (text !== undefined) this.#emitText(text, emit);
      if (refusal !== undefined) this.#takeRefusal(refusal, emit);
      if (part.type === 'image_url') this.#takeImage(part, emit);
    }
  }

  #emitText(text: string, emit: Emit): void {
    this.phase = 'open';
    emit(textChunk(text, this.#context.metadata, this.#context.timestamp));
  }

  #emitReasoning(reasoning: string, emit: Emit): void {
    this.phase = 'open';
    emit(reasoningChunk(reasoning, this.#context.metadata, this.#context.timestamp));
  }

  #takeRefusal(refusal: string, emit: Emit): void {
    this.#refused = true;
    this.#emitText(refusal, emit);
  }

  #takeImage(image: unknown, emit: Emit): void {
    const chunk = imageChunk(image, this.#context);
    if (chunk !== undefined) emit(chunk);
  }

  #takeFacts(chunk: WireData, first: WireData | undefined, emit: Emit): void {
    if (chunk.model !== this.#model) this.#model = filledString(chunk.model) ?? this.#model;
    this.#usageReport = usageReportOf(chunk, first) ?? this.#usageReport;
    if (chunk.citations !== undefined || chunk.search_results !== undefined) this.#sources.takeTopLevel(chunk, emit);
  }

  #takeFinishReason(reason: unknown, emit: Emit): void {
    const raw = filledString(reason);
    if (raw === undefined) return;
    this.#rawFinishReason = raw;
    this.phase = 'whole';
    this.#calls.settle(this.#limitReason(), emit);
  }

  /** `event: error` is a hint: the data is an error unless it holds choices. */
  #checkErrorEvent(data: string): void {
    let error: unknown = data;
    try {
      error = JSON.parse(data);
    } catch {
      // A proxy's plain sentence is the message itself.
    }
    if (isRecord(error) && Array.isArray(error.choices)) return;
    throw new WireFault('provider', streamError(isRecord(error) && Boolean(error.error) ? error.error : error, this.#context));
  }

  #finishReason(): StepFinishReason {
    return finishReasonOf(this.#rawFinishReason, { refused: this.#refused, hasToolCalls: this.#calls.hasCalls });
  }

  /** Whether a limit may have cut arguments off, also in an answer that carried a refusal. */
  #limitReason(): StepFinishReason {
    return finishReasonOf(this.#rawFinishReason, { refused: false, hasToolCalls: false });
  }

  #usage(): Usage | undefined {
    return this.#usageReport === undefined ? undefined : usageOf(this.#usageReport);
  }

  #replay(): Replay | undefined {
    const data = this.#reasoning.replay(this.#calls.hasCalls);
    return data === undefined ? undefined : signReplay({ provider: this.#context.provider, data }, this.#server);
  }
}
