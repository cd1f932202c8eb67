import { type StreamChunk, chunkMetadata } from '../../core/chunk.js';
import { ProviderError } from '../../core/errors.js';
import type { Completion, Provider } from '../../core/provider.js';
import { StreamingResponse } from '../../core/response.js';
import { WireFault } from '../wire/translator.js';
import { finishReasonOf } from './stop-reason.js';
import { MessagesTranslator } from './translate.js';
import { type WireData, isRecord, listOf, stringOf } from '../wire/wire-data.js';

/**
 * Reads an answer that was not streamed, as the events a stream would have had: every kind of block is read in one place.
 *
 * @throws {ProviderError} the body holds an error, or is no message.
 */
export function toCompletion(body: unknown, { name, model }: Pick<Provider, 'name' | 'model'>, server?: string): Completion {
  const translator = new MessagesTranslator({ provider: name, model, metadata: chunkMetadata(''), timestamp: 0 }, server);
  const response = new StreamingResponse();
  const toolCalls: Completion['toolCalls'][number][] = [];
  const emit = (chunk: StreamChunk): void => {
    response.addChunk(chunk);
    if (chunk.type !== 'tool-call' || chunk.providerExecuted) return;
    const { toolCallId, toolName, input, invalidInput } = chunk;
    toolCalls.push({ toolCallId, toolName, input, ...(invalidInput !== undefined && { invalidInput }) });
  };
  try {
    for (const event of eventsOf(body)) translator.take(event, emit);
  } catch (error) {
    throw error instanceof WireFault ? error.cause : error;
  }
  if (!isRecord(body) || !Array.isArray(body.content)) {
    throw new ProviderError(`${name}, model ${model}: the server's answer is no message. Check the baseURL option.`, { provider: name, model });
  }
  translator.finish(emit);
  const rawFinishReason = stringOf(body.stop_reason);
  const { completeText, reasoningText, usage, replay } = response;
  return {
    content: completeText,
    ...(reasoningText !== '' && { reasoning: reasoningText }),
    toolCalls,
    ...(usage !== undefined && { usage }),
    finishReason: finishReasonOf(rawFinishReason, toolCalls.length > 0),
    ...(rawFinishReason !== undefined && { rawFinishReason }),
    ...(replay !== undefined && { replay }),
  };
}

function eventsOf(body: unknown): readonly WireData[] {
  if (!isRecord(body)) return [];
  if (body.type === 'error') return [body];
  const blocks = listOf(body.content).flatMap((block, index): WireData[] => [
    { type: 'content_block_start', index, content_block: block },
    { type: 'content_block_stop', index },
  ]);
  const end = { type: 'message_delta', delta: { stop_reason: body.stop_reason, stop_details: body.stop_details } };
  return [{ type: 'message_start', message: body }, ...blocks, end];
}
