import type { StepFinishReason } from '../../core/chunk.js';

/** What an answer held besides its finish reason. */
export interface AnswerFacts {
  readonly refused: boolean;
  readonly hasToolCalls: boolean;
}

/** Our word for the server's. Compatible servers send words of other APIs; one that nobody knows is `other`. */
export function finishReasonOf(raw: string | undefined, { refused, hasToolCalls }: AnswerFacts): StepFinishReason {
  if (refused) return 'refusal';
  switch (raw) {
    case 'tool_calls':
    case 'function_call':
    case 'tool_use':
      return 'tool-calls';
    case 'length':
    case 'max_tokens':
    case 'max_output_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'content_filter':
      return 'content-filter';
    case 'pause_turn':
      return 'pause';
    case 'stop':
    case 'end_turn':
    case 'stop_sequence':
    case 'completed':
      return hasToolCalls ? 'tool-calls' : 'stop';
    case undefined:
      return hasToolCalls ? 'tool-calls' : 'other';
    default:
      return 'other';
  }
}
