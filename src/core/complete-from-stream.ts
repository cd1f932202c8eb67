import { defer, lastValueFrom, map, type Observable, reduce, takeUntil } from 'rxjs';
import { aborted } from './aborted.js';
import type { FinishReason, StepFinishReason, StreamChunk, ToolCall } from './chunk.js';
import { withDemand } from './demand.js';
import { StreamInterruptedError } from './errors.js';
import type { Completion } from './provider.js';
import { StreamingResponse } from './response.js';
import type { ToolCallRecord } from './tool-call-record.js';

/**
 * Answers `complete()` with a stream: for providers that know streaming alone.
 *
 * Rejects with the stream's error, with `signal.reason` on abort (the stream is unsubscribed), and with a
 * `StreamInterruptedError` (`truncated`) when the stream ended without a `finish` chunk.
 */
export function completeFromStream(stream$: Observable<StreamChunk>, signal?: AbortSignal): Promise<Completion> {
  const completion$ = defer(() =>
    stream$.pipe(
      reduce((response, chunk) => {
        response.addChunk(chunk);
        return response;
      }, new StreamingResponse()),
      map(toCompletion),
    ),
  );
  // eslint-disable-next-line rxjs-x/no-ignored-default-value -- `reduce` with a seed always emits
  return withDemand(undefined, () => lastValueFrom(signal === undefined ? completion$ : completion$.pipe(takeUntil(aborted(signal)))));
}

function toCompletion(response: StreamingResponse): Completion {
  const { completeText: content, reasoningText: reasoning, usage, finishReason, replay } = response;
  if (finishReason === undefined) {
    throw new StreamInterruptedError('The stream ended without a finish chunk. Read `partialResponse` for what came.', {
      reason: 'truncated',
      partial: response.end(),
    });
  }
  return {
    content,
    ...(reasoning !== '' && { reasoning }),
    toolCalls: response.toolCalls.filter((call) => call.state === 'called' && !call.providerExecuted).map(toToolCall),
    finishReason: toStepReason(finishReason),
    ...(usage !== undefined && { usage }),
    ...(replay !== undefined && { replay }),
  };
}

function toToolCall({ toolCallId, toolName, input, invalidInput }: ToolCallRecord): ToolCall {
  return { toolCallId, toolName, input, ...(invalidInput !== undefined && { invalidInput }) };
}

/** A stream of one model call has none of the reasons of a run; a user's might. */
function toStepReason(reason: FinishReason): StepFinishReason {
  return reason === 'max-steps' || reason === 'stopped' || reason === 'approval' ? 'other' : reason;
}
