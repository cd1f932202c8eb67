import { type FinishChunk, type StepChunk, type StreamChunk, type ToolCall, type ToolCallChunk, textChunk } from '../../src/core/chunk.js';
import { StreamInterruptedError } from '../../src/core/errors.js';
import { isPlainObject } from '../../src/core/plain-data.js';
import { StreamingResponse } from '../../src/core/response.js';
import type { ToolCallRecord } from '../../src/core/tool-call-record.js';

/** What `redact` covers besides the text of the answer. */
export interface Covered {
  /** Reasoning, and the opaque `replay` that may repeat it. Default true. */
  readonly reasoning: boolean;
  /** The arguments of tool calls. Default true. */
  readonly toolInput: boolean;
  /** The partial answer of a `StreamInterruptedError`. Default true. */
  readonly partial: boolean;
}

type Clean = (text: string) => string;

/** The chunk with what is not streamed in pieces cleaned; the chunk itself when there is nothing of it. */
export function redactValues(chunk: StreamChunk, { reasoning, toolInput }: Covered, clean: Clean): StreamChunk {
  switch (chunk.type) {
    case 'tool-call':
      return toolInput ? { ...chunk, ...cleanCall(chunk, clean) } : chunk;
    case 'tool-approval':
      return toolInput ? { ...chunk, input: cleanValue(chunk.input, clean) } : chunk;
    case 'step':
      return reasoning ? withoutReplay(chunk) : chunk;
    case 'finish': {
      const finish = reasoning ? withoutReplay(chunk) : chunk;
      if (!toolInput || finish.pending === undefined) return finish;
      return { ...finish, pending: finish.pending.map((call) => ({ ...call, ...cleanCall(call, clean) })) };
    }
    case 'text':
    case 'reasoning':
    case 'tool-input':
    case 'tool-progress':
    case 'tool-result':
    case 'source':
    case 'file':
    case 'restart':
      return chunk;
    default:
      return chunk satisfies never;
  }
}

/** The same interruption with a cleaned copy of its partial. */
export function redactedError(error: StreamInterruptedError, covered: Covered, clean: Clean): StreamInterruptedError {
  return new StreamInterruptedError(error.message, {
    reason: error.reason,
    phase: error.phase,
    partial: redactedPartial(error.partial, covered, clean),
    cause: error.cause,
  });
}

function withoutReplay<C extends StepChunk | FinishChunk>(chunk: C): Omit<C, 'replay'> {
  const { replay: _replay, ...rest } = chunk;
  return rest;
}

type CallInput = Pick<ToolCall, 'input' | 'invalidInput'>;

function cleanCall({ input, invalidInput }: CallInput, clean: Clean): CallInput {
  return { input: cleanValue(input, clean), ...(invalidInput !== undefined && { invalidInput: clean(invalidInput) }) };
}

/** Arguments are parsed JSON: texts, numbers, lists and plain objects. What is something else passes by identity. */
function cleanValue(value: unknown, clean: Clean): unknown {
  if (typeof value === 'string') return clean(value);
  if (typeof value === 'number') return cleanNumber(value, clean);
  if (Array.isArray(value)) return value.map((item: unknown) => cleanValue(item, clean));
  return isPlainObject(value) ? cleanObject(value, clean) : value;
}

/** A number stays one unless its decimal text holds a match. */
function cleanNumber(value: number, clean: Clean): number | string {
  const text = String(value);
  const cleaned = clean(text);
  return cleaned === text ? value : cleaned;
}

/** Keys that become the same text are numbered, so that no field is lost. */
function cleanObject(value: object, clean: Clean): object {
  const fields = new Map<string, unknown>();
  for (const [key, field] of Object.entries(value)) {
    const cleaned = clean(key);
    let name = cleaned;
    for (let count = 2; fields.has(name); count++) name = `${cleaned} ${count}`;
    fields.set(name, cleanValue(field, clean));
  }
  return Object.fromEntries(fields);
}

/** A response is made of chunks alone, so its copy is too; the clock repeats the times of the original. */
function redactedPartial(partial: StreamingResponse, { reasoning, toolInput }: Covered, clean: Clean): StreamingResponse {
  let nowMs = partial.startTime;
  const copy = new StreamingResponse({ now: () => nowMs, streamId: partial.streamId });
  const { metadata } = partial;
  if (metadata !== undefined) {
    nowMs += partial.firstChunkMs ?? 0;
    const inner = { content: '', isFinal: false, timestamp: nowMs, metadata } as const;
    copy.addChunk(textChunk(clean(partial.completeText), metadata, nowMs));
    const thoughts = partial.reasoningText;
    copy.addChunk({ ...inner, type: 'reasoning', reasoning: reasoning ? clean(thoughts) : thoughts });
    for (const call of partial.toolCalls) addCall(copy, toolInput ? cleanRecord(call, clean) : call, inner);
    // `chunkCount` is how many chunks came, not how many the copy is made of.
    while (copy.chunkCount < partial.chunkCount) copy.addChunk(textChunk('', metadata, nowMs));
  }
  nowMs = partial.endTime ?? partial.startTime + partial.durationMs;
  return copy.end({ usage: partial.usage, replay: reasoning ? undefined : partial.replay });
}

function cleanRecord(call: ToolCallRecord, clean: Clean): ToolCallRecord {
  return {
    ...call,
    ...cleanCall({ input: call.input, ...call }, clean),
    ...(call.inputText !== undefined && { inputText: clean(call.inputText) }),
  };
}

type InnerFields = Pick<ToolCallChunk, 'content' | 'isFinal' | 'timestamp' | 'metadata'>;

function addCall(copy: StreamingResponse, call: ToolCallRecord, inner: InnerFields): void {
  const { toolCallId, toolName, providerExecuted, input, invalidInput, inputText = '' } = call;
  const base = { ...inner, toolCallId, toolName, ...(providerExecuted && { providerExecuted }) };
  if (call.state === 'input') {
    copy.addChunk({ ...base, type: 'tool-input', inputDelta: inputText });
    return;
  }
  copy.addChunk({ ...base, type: 'tool-call', input, ...(invalidInput !== undefined && { invalidInput }) });
  if (call.state === 'done') copy.addChunk({ ...base, type: 'tool-result', output: call.output, isError: call.isError === true });
}
