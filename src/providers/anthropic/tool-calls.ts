import type { StreamChunk, ToolCallChunk, ToolInputChunk } from '../../core/chunk.js';
import { TextBuffer } from '../../core/text-buffer.js';
import type { TranslatorContext } from '../wire/translator.js';
import { cutsArguments } from './stop-reason.js';
import { type WireData, filledString, isRecord, stringOf } from '../wire/wire-data.js';

type Emit = (chunk: StreamChunk) => void;

/** The call of a server that forgot the tool's name: it is answered as one of an unknown tool. */
const namelessTool = 'unknown';

/** A tool call whose block has begun. */
export interface OpenCall {
  readonly toolCallId: string;
  readonly toolName: string;
  /** The provider runs this tool itself. */
  readonly providerExecuted: boolean;
  /** `input` of the block's start: a server that does not stream arguments gives them whole here. */
  readonly given: unknown;
  readonly input: TextBuffer;
}

/** What a call's arguments are once its block has ended. */
export interface ParsedInput {
  readonly input: unknown;
  readonly invalidInput?: string;
  /** No argument came, or they are no JSON object: right only if the model was not stopped in the middle. */
  readonly doubtful: boolean;
}

/** Parses arguments: the fragments joined, else what the block's start gave, else `{}`. */
export function parseInput(text: string, given: unknown): ParsedInput {
  if (text.trim() === '') {
    const isGiven = isRecord(given) && Object.keys(given).length > 0;
    return { input: isGiven ? given : {}, doubtful: !isGiven };
  }
  try {
    const input: unknown = JSON.parse(text);
    if (isRecord(input)) return { input, doubtful: false };
  } catch {
    // The model wrote it: the caller hands the raw text on as `invalidInput`.
  }
  return { input: undefined, invalidInput: text, doubtful: true };
}

/** An id that `taken` does not hold yet, and holds from now on: servers leave ids out or repeat them. */
export function uniqueId(wireId: string | undefined, taken: Set<string>): string {
  const wanted = wireId === undefined || wireId === '' ? `call_${taken.size + 1}` : wireId;
  let id = wanted;
  for (let copy = 2; taken.has(id); copy++) id = `${wanted}_${copy}`;
  taken.add(id);
  return id;
}

interface HeldCall {
  readonly chunk: ToolCallChunk;
  readonly doubtful: boolean;
}

/** The tool calls of one answer: names them, collects their arguments, and says when each is complete. */
export class ToolCalls {
  readonly #context: TranslatorContext;
  readonly #ids = new Set<string>();
  #held: HeldCall[] = [];
  #hasOwnCall = false;

  constructor(context: TranslatorContext) {
    this.#context = context;
  }

  /** True once a complete call of ours went out. */
  get hasOwnCall(): boolean {
    return this.#hasOwnCall;
  }

  /** A `tool_use` block, or one of a tool that the provider runs, begins. */
  begin(block: WireData, providerExecuted: boolean): OpenCall {
    return {
      toolCallId: uniqueId(stringOf(block.id), this.#ids),
      toolName: filledString(block.name) ?? namelessTool,
      providerExecuted,
      given: block.input,
      input: new TextBuffer(),
    };
  }

  /** The next fragment of the arguments; servers also send empty ones. */
  addInput(call: OpenCall, fragment: string, emit: Emit): void {
    if (fragment === '') return;
    call.input.append(fragment);
    const chunk: ToolInputChunk = {
      type: 'tool-input',
      content: '',
      isFinal: false,
      timestamp: this.#context.timestamp,
      metadata: this.#context.metadata,
      toolCallId: call.toolCallId,
      toolName: call.toolName,
      inputDelta: fragment,
      ...(call.providerExecuted && { providerExecuted: true as const }),
    };
    emit(chunk);
  }

  /** The block ended: the call goes out, or waits for the stop reason if its arguments may have been cut. */
  end(call: OpenCall, emit: Emit): ParsedInput {
    const parsed = parseInput(call.input.read(), call.given);
    const chunk: ToolCallChunk = {
      type: 'tool-call',
      content: '',
      isFinal: false,
      timestamp: this.#context.timestamp,
      metadata: this.#context.metadata,
      toolCallId: call.toolCallId,
      toolName: call.toolName,
      input: parsed.input,
      ...(parsed.invalidInput !== undefined && { invalidInput: parsed.invalidInput }),
      ...(call.providerExecuted && { providerExecuted: true as const }),
    };
    if (call.providerExecuted) emit(chunk);
    // Calls behind a held one wait too, so that they go out in the order of the model.
    else if (parsed.doubtful || this.#held.length > 0) this.#held.push({ chunk, doubtful: parsed.doubtful });
    else this.#emitOwn(chunk, emit);
    return parsed;
  }

  /** Another block began: the model went on, so a call without arguments before it was meant so. */
  goOn(emit: Emit): void {
    if (this.#held.length > 0 && this.#held.every(({ chunk }) => chunk.invalidInput === undefined)) this.#release(emit, false);
  }

  /** Why the model stopped is known: held calls go out, or are dropped if it was stopped in the middle. */
  settle(stopReason: string | undefined, emit: Emit): void {
    if (this.#held.length > 0) this.#release(emit, cutsArguments(stopReason));
  }

  #release(emit: Emit, wasCut: boolean): void {
    const held = this.#held;
    this.#held = [];
    for (const { chunk, doubtful } of held) {
      if (!doubtful || !wasCut) this.#emitOwn(chunk, emit);
    }
  }

  #emitOwn(chunk: ToolCallChunk, emit: Emit): void {
    this.#hasOwnCall = true;
    emit(chunk);
  }
}
