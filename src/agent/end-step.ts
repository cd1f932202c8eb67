import type { MonoTypeOperatorFunction } from 'rxjs';
import { type FinishChunk, type StepChunk, type StepFinishReason, type StreamChunk, textChunk } from '../core/chunk.js';
import { relay } from '../core/relay.js';
import type { RunState } from './run-state.js';

/**
 * Turns the `finish` of a model call into a `step` of the run, behind the last one into the run's own too, and completes; text
 * that a mock put on it goes out before.
 */
export function endStep(state: RunState): MonoTypeOperatorFunction<StreamChunk> {
  return relay<StreamChunk, StreamChunk>((out) => {
    const { stepIndex } = state;
    return {
      next: (chunk) => {
        if (chunk.type !== 'finish') {
          out.next(chunk);
          return;
        }
        if (chunk.content !== '') out.next(textChunk(chunk.content, chunk.metadata, chunk.timestamp));
        out.next(stepChunk(chunk, stepIndex));
        // The run has taken the step in, while it was delivered.
        if (!state.goesOn) out.next(state.finish());
        // The answer is over, whatever a provider says behind its `finish`, and also if it never completes.
        out.complete();
      },
    };
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
