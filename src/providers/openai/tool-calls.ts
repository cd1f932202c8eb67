import type { StepFinishReason, StreamChunk } from '../../core/chunk.js';
import { TextBuffer } from '../../core/text-buffer.js';
import type { TranslatorContext } from '../wire/translator.js';
import { type Fragment, fragmentOf } from './tool-call-fragment.js';
import { type WireData, isRecord } from '../wire/wire-data.js';

type Emit = (chunk: StreamChunk) => void;

/** How much is known when calls are handed out: another call began, the finish reason came, or nothing more comes. */
type Moment = 'next-call' | 'finish-reason' | 'end';

/** A call whose arguments are arriving. */
interface PendingCall {
  /** Unique within the step. */
  readonly toolCallId: string;
  /** As the server named it; may be shared by several calls. */
  serverId: string | undefined;
  name: string | undefined;
  readonly input: TextBuffer;
  /** The last fragment of the arguments that was not blank. */
  tail: string;
  announced: boolean;
}

/** The call of a server that forgot the tool's name: it is answered as one of an unknown tool. */
const namelessTool = 'unknown';
/** `function_call`, the forerunner of `tool_calls`, has one call and no index. */
const legacyIndex = -1;

function parseObject(text: string): WireData | undefined {
  if (!text.trimEnd().endsWith('}')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Looks at the last fragment first: joining all of them for each would cost the square of their number. */
function isWhole({ tail, input }: PendingCall): boolean {
  return tail.trimEnd().endsWith('}') && parseObject(input.read()) !== undefined;
}

/**
 * Puts the tool calls of one answer together.
 *
 * Calls go out in the order in which they began, each as soon as its arguments are whole: when another call begins (then
 * only if they are a JSON object, because some servers interleave fragments), else at the finish reason.
 */
export class ToolCallAssembler {
  readonly #context: TranslatorContext;
  readonly #calls: PendingCall[] = [];
  readonly #byIndex = new Map<number, PendingCall>();
  readonly #ids = new Set<string>();
  /** Calls before this one were handed out, or were cut. */
  #next = 0;
  #completed = 0;

  constructor(context: TranslatorContext) {
    this.#context = context;
  }

  /** Whether a `tool-call` went out. */
  get hasCalls(): boolean {
    return this.#completed > 0;
  }

  /** Takes `delta.tool_calls`; says whether it brought anything new. */
  take(entries: readonly unknown[], emit: Emit): boolean {
    let isNew = false;
    for (const entry of entries) if (isRecord(entry) && this.#take(fragmentOf(entry), emit)) isNew = true;
    return isNew;
  }

  /** Takes `delta.function_call`. */
  takeLegacy(call: WireData, emit: Emit): boolean {
    return this.#take({ ...fragmentOf({ function: call }), index: legacyIndex }, emit);
  }

  /** The finish reason came: what is whole goes out. */
  settle(reason: StepFinishReason, emit: Emit): void {
    this.#handOut('finish-reason', reason, emit);
  }

  /** Nothing more comes: what is not whole is invalid, or was cut. */
  finish(reason: StepFinishReason, emit: Emit): void {
    this.#handOut('end', reason, emit);
  }

  #take(fragment: Fragment, emit: Emit): boolean {
    const known = this.#find(fragment);
    const begins = known === undefined || startsAnother(known, fragment);
    if (begins && fragment.name === undefined && fragment.id === undefined && fragment.inputDelta === '') return false;
    if (!begins && (this.#isOver(known) || isRepeated(known, fragment))) return false;
    const call = begins ? this.#begin(fragment, emit) : known;
    call.serverId ??= fragment.id;
    call.name ??= fragment.name;
    call.input.append(fragment.inputDelta);
    if (fragment.inputDelta.trim() !== '') call.tail = fragment.inputDelta;
    this.#report(call, fragment.inputDelta, emit);
    return true;
  }

  #find({ index, id }: Fragment): PendingCall | undefined {
    if (index !== undefined) return this.#byIndex.get(index);
    const named = id === undefined ? undefined : this.#calls.findLast((call) => call.serverId === id);
    return named ?? this.#calls.at(-1);
  }

  /** A tool may be running with the input that went out: what still comes for such a call is passed over. */
  #isOver(call: PendingCall): boolean {
    return this.#calls.indexOf(call) < this.#next;
  }

  #begin({ index, id }: Fragment, emit: Emit): PendingCall {
    this.#handOut('next-call', 'other', emit);
    const call = { toolCallId: this.#newId(id), serverId: id, name: undefined, input: new TextBuffer(), tail: '', announced: false };
    this.#calls.push(call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }

  /** Servers omit ids or give one id to two calls. */
  #newId(serverId: string | undefined): string {
    let id = serverId;
    for (let number = this.#calls.length; id === undefined || this.#ids.has(id); number++) id = `call_${number}`;
    this.#ids.add(id);
    return id;
  }

  /** The first chunk of a call says its name, so it waits for the name; it may be empty: the user sees that a call begins. */
  #report(call: PendingCall, inputDelta: string, emit: Emit): void {
    if (call.name === undefined || (call.announced && inputDelta === '')) return;
    const delta = call.announced ? inputDelta : call.input.read();
    call.announced = true;
    const { timestamp, metadata } = this.#context;
    const { toolCallId, name } = call;
    emit({ type: 'tool-input', content: '', isFinal: false, timestamp, metadata, toolCallId, toolName: name, inputDelta: delta });
  }

  #handOut(moment: Moment, reason: StepFinishReason, emit: Emit): void {
    for (; this.#next < this.#calls.length; this.#next++) {
      const call = this.#calls[this.#next];
      if (call === undefined) return;
      const input = inputOf(call, moment, reason);
      if (input === 'wait') return;
      if (input === 'cut') continue;
      call.name ??= namelessTool;
      if (!call.announced) this.#report(call, '', emit);
      this.#completed++;
      this.#emitCall(call, call.name, input, emit);
    }
  }

  #emitCall({ toolCallId }: PendingCall, toolName: string, input: Input, emit: Emit): void {
    const { timestamp, metadata } = this.#context;
    emit({ type: 'tool-call', content: '', isFinal: false, timestamp, metadata, toolCallId, toolName, ...input });
  }
}

type Input = { readonly input: unknown } | { readonly input: undefined; readonly invalidInput: string };

/** What a call's arguments are at this moment (design, section 2, "Arguments"). */
function inputOf(call: PendingCall, moment: Moment, reason: StepFinishReason): Input | 'wait' | 'cut' {
  const text = call.input.read();
  if (call.name === undefined && moment !== 'end') return 'wait';
  if (text.trim() === '') {
    // Before the finish reason nobody knows whether arguments still come, or whether the limit cut them off.
    if (moment === 'next-call') return 'wait';
    if (reason !== 'length') return { input: {} };
    return moment === 'end' ? 'cut' : 'wait';
  }
  const input = parseObject(text);
  if (input !== undefined) return { input };
  if (moment !== 'end') return 'wait';
  return reason === 'length' || reason === 'content-filter' ? 'cut' : { input: undefined, invalidInput: text };
}

/** Whether a fragment that was found to belong to `call` is really the first of another: servers omit or repeat indexes and ids. */
function startsAnother(call: PendingCall, { index, id, name, inputDelta }: Fragment): boolean {
  const otherId = id !== undefined && call.serverId !== undefined && id !== call.serverId;
  if (name === undefined) return otherId && index === undefined;
  if (call.name === undefined) return otherId;
  if (name !== call.name) return true;
  // Servers that make up a new id for every fragment repeat the name over arguments that are not whole yet.
  if (otherId) return call.tail === '' || isWhole(call);
  if (inputDelta.trim() === '' || !isWhole(call)) return false;
  return !(id !== undefined && inputDelta === call.input.read());
}

/** The whole call once more, as some servers send it with the finish reason. */
function isRepeated(call: PendingCall, { id, name, inputDelta }: Fragment): boolean {
  return id !== undefined && name !== undefined && inputDelta !== '' && isWhole(call) && inputDelta === call.input.read();
}
