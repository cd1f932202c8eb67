import type { StepFinishReason } from '../../core/chunk.js';

/** Our word for a `stop_reason`. A reason that is new to us is `other`, never an error. */
export function finishReasonOf(stopReason: string | undefined, hasToolCall: boolean): StepFinishReason {
  switch (stopReason) {
    case 'end_turn':
    case 'stop_sequence':
      return hasToolCall ? 'tool-calls' : 'stop';
    case 'tool_use':
      return 'tool-calls';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'refusal':
      return 'refusal';
    case 'pause_turn':
      return 'pause';
    case undefined:
      return hasToolCall ? 'tool-calls' : 'other';
    default:
      return 'other';
  }
}

/** True when the model was stopped in the middle, so that arguments that are no JSON object were cut. */
export function cutsArguments(stopReason: string | undefined): boolean {
  const reason = finishReasonOf(stopReason, false);
  return reason === 'length' || reason === 'refusal';
}

/** True when the model waits, so that a tool the provider runs may still be without its result. */
export function leavesServerToolsOpen(stopReason: string | undefined): boolean {
  return stopReason === 'pause_turn' || stopReason === 'tool_use';
}
