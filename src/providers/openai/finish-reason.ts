import type { StepFinishReason } from '../../core/chunk.js';

/** What an answer held besides its finish reason. */
export interface AnswerFacts {
  readonly refused: boolean;
  readonly hasToolCalls: boolean;
}

/**
 * The words of the servers' references, in small letters: Gemini and Cohere write them in capitals. What says that the
 * server gave up (`abort` of vLLM and SGLang, `insufficient_system_resource` of DeepSeek, `network_error` of GLM) is not
 * here: the answer is neither whole nor cut by a limit, so it is `other`.
 */
const reasons: ReadonlyMap<string, StepFinishReason> = new Map([
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['tool_use', 'tool-calls'],
  ['tool_call', 'tool-calls'], // Cohere
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['max_output_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['model_length', 'length'], // Mistral: the model's limit, not the request's
  ['safety', 'content-filter'], // this and the next four: Gemini
  ['recitation', 'content-filter'],
  ['blocklist', 'content-filter'],
  ['prohibited_content', 'content-filter'],
  ['spii', 'content-filter'],
  ['sensitive', 'content-filter'], // GLM
  ['refusal', 'refusal'], // Anthropic's, passed on by a proxy
  ['pause_turn', 'pause'],
  ['stop', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['completed', 'stop'],
  ['complete', 'stop'], // Cohere
  ['eos', 'stop'], // Together
  ['eos_token', 'stop'], // TGI
]);

/** Our word for the server's. Compatible servers send words of other APIs; one that nobody knows is `other`. */
export function finishReasonOf(raw: string | undefined, { refused, hasToolCalls }: AnswerFacts): StepFinishReason {
  if (refused) return 'refusal';
  const reason = raw === undefined ? undefined : knownReason(raw.toLowerCase());
  const isPlainEnd = raw === undefined || reason === 'stop';
  return isPlainEnd && hasToolCalls ? 'tool-calls' : (reason ?? 'other');
}

function knownReason(word: string): StepFinishReason | undefined {
  // Gemini's compatible API adds why: `content_filter: PROHIBITED_CONTENT`.
  return word.startsWith('content_filter') ? 'content-filter' : reasons.get(word);
}
