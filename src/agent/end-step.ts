import { type MonoTypeOperatorFunction, Subject, defer, map, merge, tap } from 'rxjs';
import { type FinishChunk, type StepChunk, type StepFinishReason, type StreamChunk, textChunk } from '../core/chunk.js';

/** Turns the `finish` of a model call into a `step` of the run; text that a mock put on it goes out before. */
export function endStep(stepIndex: number): MonoTypeOperatorFunction<StreamChunk> {
  return (source) =>
    defer(() => {
      const finishText = new Subject<StreamChunk>();
      const chunks = source.pipe(
        map((chunk) => {
          if (chunk.type !== 'finish') return chunk;
          if (chunk.content !== '') finishText.next(textChunk(chunk.content, chunk.metadata, chunk.timestamp));
          return stepChunk(chunk, stepIndex);
        }),
        tap({
          complete: () => {
            finishText.complete();
          },
        }),
      );
      return merge(finishText, chunks);
    });
}

function stepChunk(finish: FinishChunk, stepIndex: number): StepChunk {
  const { timestamp, metadata, rawFinishReason, usage, replay } = finish;
  return {
    type: 'step',
    content: '',
    isFinal: false,
    timestamp,
    metadata,
    stepIndex,
    finishReason: stepReason(finish),
    ...(rawFinishReason !== undefined && { rawFinishReason }),
    ...(usage !== undefined && { usage }),
    ...(replay !== undefined && { replay }),
  };
}

/** A provider that is itself an agent may end with a reason of runs. */
function stepReason({ finishReason }: FinishChunk): StepFinishReason {
  switch (finishReason) {
    case 'max-steps':
    case 'stopped':
    case 'approval':
      return 'other';
    default:
      return finishReason;
  }
}
