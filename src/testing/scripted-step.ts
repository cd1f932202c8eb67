import { chunkMetadata, finishChunk, reasoningChunk, type StepFinishReason, type StreamChunk, textChunk } from '../core/chunk.js';
import { type InterruptionReason, isProviderError, isStreamInterrupted, StreamInterruptedError } from '../core/errors.js';
import type { Completion, ProviderRequest } from '../core/provider.js';
import { StreamingResponse } from '../core/response.js';
import type { Usage } from '../core/usage.js';
import { checkChunkSize, type ChunkMaker } from './play-chunks.js';
import { splitText } from './split-text.js';

/** A tool call of a scripted answer. */
export interface ScriptedToolCall {
  readonly toolName: string;
  /** Default `{}`. */
  readonly input?: unknown;
  /** The raw arguments of a call that was whole but no JSON object; `input` is then left out. */
  readonly invalidInput?: string;
  /** Default `call_1`, `call_2`, … in order over all steps of the provider. */
  readonly toolCallId?: string;
}

/** What a scripted provider answers to one call: reasoning, then text, then tool calls, then the end. */
export interface ScriptedAnswer {
  readonly reasoning?: string;
  readonly text?: string;
  readonly toolCalls?: readonly ScriptedToolCall[];
  /** Default `tool-calls` when there are any, else `stop`. */
  readonly finishReason?: StepFinishReason;
  readonly usage?: Usage;
  /** UTF-16 code units per chunk of reasoning and text. Default: each in one chunk. */
  readonly chunkSize?: number;
  /** Looks at the request before anything is answered; what it throws is the error of the call, by identity. */
  readonly expect?: (request: ProviderRequest) => void;
  /** Ends the answer instead of `finish`. Before the first chunk it comes as it is, later inside a `StreamInterruptedError`. */
  readonly error?: Error;
  /** Why the answer was interrupted. Default `provider` for a `ProviderError`, else `failed`; alone it needs no `error`. */
  readonly interruption?: InterruptionReason;
  /** How many chunks come before the error. Default: all of them. */
  readonly errorAfter?: number;
}

/** One step of a script: a text, an answer, or a function that makes one of the request. */
export type ScriptedStep = string | ScriptedAnswer | ((request: ProviderRequest) => string | ScriptedAnswer);

/** The answer of a step to a request; runs its `expect`. */
export function answerOf(step: ScriptedStep, request: ProviderRequest): ScriptedAnswer {
  const made = typeof step === 'function' ? step(request) : step;
  const answer = typeof made === 'string' ? { text: made } : made;
  answer.expect?.(request);
  return answer;
}

/** What a step streams. */
export interface StepScript {
  readonly chunks: readonly ChunkMaker[];
  /** Set when the step ends with an error; made when it is due. */
  readonly makeError?: () => Error;
}

/** Turns an answer into chunks; `newCallId` numbers the calls. */
export function scriptStep(answer: ScriptedAnswer, streamId: string, newCallId: () => string): StepScript {
  const metadata = chunkMetadata(streamId);
  const chunks: ChunkMaker[] = [
    ...pieces(answer.reasoning, answer.chunkSize).map((piece): ChunkMaker => (time) => reasoningChunk(piece, metadata, time)),
    ...pieces(answer.text, answer.chunkSize).map((piece): ChunkMaker => (time) => textChunk(piece, metadata, time)),
    ...toolCallsOf(answer, newCallId).map(
      (call): ChunkMaker =>
        (timestamp) => ({ type: 'tool-call', content: '', isFinal: false, timestamp, metadata, ...call }),
    ),
  ];
  if (!fails(answer)) {
    const finish = { finishReason: finishReasonOf(answer), ...(answer.usage !== undefined && { usage: answer.usage }) };
    return { chunks: [...chunks, (timestamp) => finishChunk(finish, metadata, timestamp)] };
  }
  return failing(answer, chunks.slice(0, answer.errorAfter), streamId);
}

/** The same answer, of a call without streaming. Throws the error that the answer ends with. */
export function completionOf(answer: ScriptedAnswer, newCallId: () => string): Completion {
  if (fails(answer)) throw failing(answer, [], '').makeError();
  return {
    content: answer.text ?? '',
    ...(answer.reasoning !== undefined && { reasoning: answer.reasoning }),
    toolCalls: toolCallsOf(answer, newCallId),
    finishReason: finishReasonOf(answer),
    ...(answer.usage !== undefined && { usage: answer.usage }),
  };
}

function finishReasonOf(answer: ScriptedAnswer): StepFinishReason {
  return answer.finishReason ?? ((answer.toolCalls ?? []).length > 0 ? 'tool-calls' : 'stop');
}

function toolCallsOf(answer: ScriptedAnswer, newCallId: () => string): Completion['toolCalls'] {
  return (answer.toolCalls ?? []).map(({ toolName, input = {}, invalidInput, toolCallId = newCallId() }) =>
    invalidInput === undefined
      ? { toolCallId, toolName, input }
      : { toolCallId, toolName, input: undefined, invalidInput },
  );
}

function pieces(text: string | undefined, chunkSize: number | undefined): readonly string[] {
  if (chunkSize !== undefined) checkChunkSize(chunkSize);
  if (text === undefined || text === '') return [];
  return chunkSize === undefined ? [text] : splitText(text, chunkSize);
}

function fails(answer: ScriptedAnswer): boolean {
  return answer.error !== undefined || answer.interruption !== undefined;
}

/** The partial is built from the chunks as they go out. */
function failing(answer: ScriptedAnswer, makers: readonly ChunkMaker[], streamId: string): Required<StepScript> {
  const partial = new StreamingResponse({ streamId });
  const recorded = makers.map((make) => (timestamp: number): StreamChunk => {
    const chunk = make(timestamp);
    partial.addChunk(chunk);
    return chunk;
  });
  const { error, interruption } = answer;
  const makeError = (): Error => {
    const asItIs = isStreamInterrupted(error) || (makers.length === 0 && interruption === undefined);
    return error !== undefined && asItIs ? error : interrupted(error, interruption, partial.end());
  };
  return { chunks: recorded, makeError };
}

function interrupted(
  cause: Error | undefined,
  interruption: InterruptionReason | undefined,
  partial: StreamingResponse,
): StreamInterruptedError {
  const reason = interruption ?? (isProviderError(cause) ? 'provider' : 'failed');
  return new StreamInterruptedError(`The scripted answer was interrupted (${reason}), as its step says.`, {
    reason,
    partial,
    ...(cause !== undefined && { cause }),
  });
}
