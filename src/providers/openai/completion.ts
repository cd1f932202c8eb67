import { type FinishChunk, type StreamChunk, type ToolCall, chunkMetadata } from '../../core/chunk.js';
import { ProviderError } from '../../core/errors.js';
import type { Completion } from '../../core/provider.js';
import { type TranslatorContext, WireFault } from '../wire/translator.js';
import { ChatTranslator } from './translate.js';
import { isRecord, listOf } from '../wire/wire-data.js';

/** Whose answer it is, for errors and `replay`. */
export interface CompletionContext {
  readonly provider: string;
  readonly model: string;
  readonly server?: string;
}

/**
 * Reads an answer that was not streamed: as a stream of one chunk, so that every dialect is read in one place.
 *
 * @throws {ProviderError} the body holds an error, or no answer.
 */
export function toCompletion(body: unknown, { provider, model, server }: CompletionContext): Completion {
  if (!isRecord(body)) throw noAnswer(provider, model);
  const chunks: StreamChunk[] = [];
  const emit = (chunk: StreamChunk): void => void chunks.push(chunk);
  const context: TranslatorContext = { provider, model, metadata: chunkMetadata(''), timestamp: 0 };
  const translator = new ChatTranslator(context, server);
  try {
    translator.take(body, emit);
  } catch (error) {
    throw error instanceof WireFault ? error.cause : error;
  }
  if (listOf(body.choices).length === 0) throw noAnswer(provider, model);
  translator.finish(emit);
  return collect(chunks);
}

function noAnswer(provider: string, model: string): ProviderError {
  const message = `${provider}, model ${model}: the server's answer holds no choice. Check the baseURL option.`;
  return new ProviderError(message, { provider, model });
}

function collect(chunks: readonly StreamChunk[]): Completion {
  let content = '';
  let reasoning = '';
  const toolCalls: ToolCall[] = [];
  let finish: FinishChunk | undefined;
  for (const chunk of chunks) {
    content += chunk.content;
    if (chunk.type === 'reasoning') reasoning += chunk.reasoning;
    else if (chunk.type === 'finish') finish = chunk;
    else if (chunk.type === 'tool-call') {
      const { toolCallId, toolName, input, invalidInput } = chunk;
      toolCalls.push({ toolCallId, toolName, input, ...(invalidInput !== undefined && { invalidInput }) });
    }
  }
  return { content, ...(reasoning !== '' && { reasoning }), toolCalls, ...ending(finish) };
}

function ending(finish: FinishChunk | undefined): Pick<Completion, 'finishReason' | 'rawFinishReason' | 'usage' | 'replay'> {
  if (finish === undefined) return { finishReason: 'other' };
  const { finishReason, rawFinishReason, usage, replay } = finish;
  return {
    // A translator ends one model call: the reasons that only a run knows do not occur.
    finishReason: finishReason === 'max-steps' || finishReason === 'stopped' || finishReason === 'approval' ? 'other' : finishReason,
    ...(rawFinishReason !== undefined && { rawFinishReason }),
    ...(usage !== undefined && { usage }),
    ...(replay !== undefined && { replay }),
  };
}
