import { type Observable, defer, finalize, from, mergeMap } from 'rxjs';
import { type ChunkMetadata, type StreamChunk, chunkMetadata, finishChunk, reasoningChunk, textChunk } from '../core/chunk.js';
import type { Completion, Provider, ProviderRequest } from '../core/provider.js';
import { newStreamId } from '../core/stream-id.js';

/**
 * One model call of any provider as a stream: one without streaming runs by `complete`, with one chunk each for reasoning
 * and text, a `tool-call` per call, and `finish`. Unsubscribing aborts either.
 */
export function answer$(provider: Provider, request: ProviderRequest, now: () => number): Observable<StreamChunk> {
  if (provider.supportsStreaming()) return provider.stream$(request);
  return defer(() => {
    const controller = new AbortController();
    const metadata = chunkMetadata(request.streamId ?? newStreamId());
    return from(provider.complete(request, { signal: controller.signal })).pipe(
      mergeMap((completion) => completionChunks(completion, metadata, now())),
      finalize(() => {
        controller.abort();
      }),
    );
  });
}

function completionChunks(completion: Completion, metadata: ChunkMetadata, timestamp: number): readonly StreamChunk[] {
  const { content, reasoning = '', toolCalls, finishReason, rawFinishReason, usage, replay } = completion;
  return [
    ...(reasoning === '' ? [] : [reasoningChunk(reasoning, metadata, timestamp)]),
    ...(content === '' ? [] : [textChunk(content, metadata, timestamp)]),
    ...toolCalls.map((call) => ({ type: 'tool-call', ...call, content: '', isFinal: false, timestamp, metadata }) as const),
    finishChunk(
      {
        finishReason,
        ...(rawFinishReason !== undefined && { rawFinishReason }),
        ...(usage !== undefined && { usage }),
        ...(replay !== undefined && { replay }),
      },
      metadata,
      timestamp,
    ),
  ];
}
