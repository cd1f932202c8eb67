import type { Replay, StepChunk, StreamChunk, ToolCall, ToolCallChunk, ToolResultChunk } from '../core/chunk.js';
import type { AssistantMessage, Message, ToolMessage } from '../core/message.js';
import type { StreamingResponse } from '../core/response.js';
import { jsonText } from '../core/tool.js';

/** What a call without a result is closed with, when the run ended before the tool did. */
const abortedOutput = 'The call was aborted before it had a result.';

/**
 * Writes one run down as messages: after any ending they can be sent to any provider again.
 *
 * The text is read from the run's `StreamingResponse`, which must have taken each chunk before `add` is called: no second
 * copy is held. No dangling tool call, no empty turn.
 */
export class TurnRecorder {
  readonly #prompt: readonly Message[];
  readonly #response: StreamingResponse;
  readonly #steps: Message[] = [];
  #calls: ToolCall[] = [];
  #results = new Map<string, ToolMessage>();
  #hasReceived = false;
  #textStart = 0;
  #reasoningStart = 0;

  constructor(prompt: readonly Message[], response: StreamingResponse) {
    this.#prompt = prompt;
    this.#response = response;
  }

  /** The prompt and the steps that have ended: what the next model call is asked with. */
  get messages(): readonly Message[] {
    return [...this.#prompt, ...this.#steps];
  }

  add(chunk: StreamChunk): void {
    if (chunk.type !== 'step' && chunk.type !== 'finish') this.#hasReceived = true;
    switch (chunk.type) {
      case 'tool-call':
        if (!chunk.providerExecuted) this.#calls.push(toolCallOf(chunk));
        return;
      case 'tool-result':
        if (!chunk.providerExecuted) this.#results.set(chunk.toolCallId, toolMessageOf(chunk));
        return;
      case 'restart':
        this.#calls = [];
        this.#results.clear();
        return;
      case 'step':
        this.#endStep(chunk);
        return;
      default:
    }
  }

  /**
   * The whole turn, for the history: no messages when the model said nothing.
   *
   * @param interrupted what the interruption knows of the step it cut; absent when the run ended whole.
   */
  turn(interrupted?: { readonly replay?: Replay | undefined }): readonly Message[] {
    const cut = interrupted === undefined ? [] : this.#cutStep(interrupted.replay);
    const answers = [...this.#steps, ...cut];
    if (answers.length > 0) return [...this.#prompt, ...answers];
    // The model thought, or drew, and ended without a word: it was asked, and "go on" must find the question.
    return interrupted === undefined && this.#hasReceived ? this.#prompt : [];
  }

  #endStep(step: StepChunk): void {
    const said = this.#currentStep(step.replay, step.finishReason === 'pause');
    if (said !== undefined) this.#steps.push(said.answer, ...said.results);
    this.#calls = [];
    this.#results.clear();
    this.#textStart = this.#response.textLength;
    this.#reasoningStart = this.#response.reasoningLength;
  }

  #cutStep(replay: Replay | undefined): readonly Message[] {
    const said = this.#currentStep(replay);
    return said === undefined ? [] : [{ ...said.answer, interrupted: true }, ...said.results];
  }

  /** One assistant message, and the results of its calls in call order. */
  #currentStep(replay: Replay | undefined, isPaused = false): { answer: AssistantMessage; results: readonly ToolMessage[] } | undefined {
    const content = this.#response.textFrom(this.#textStart);
    // A paused answer may be all replay: thinking, and tools that the provider runs.
    const hasReplay = isPaused && replay !== undefined;
    if (content === '' && this.#calls.length === 0 && !hasReplay) return undefined;
    const reasoning = this.#response.reasoningFrom(this.#reasoningStart);
    const answer: AssistantMessage = {
      role: 'assistant',
      content,
      ...(reasoning !== '' && { reasoning }),
      ...(this.#calls.length > 0 && { toolCalls: this.#calls }),
      ...(replay !== undefined && { replay }),
    };
    return { answer, results: this.#calls.map((call) => this.#results.get(call.toolCallId) ?? abortedResult(call)) };
  }
}

function toolCallOf({ toolCallId, toolName, input, invalidInput }: ToolCallChunk): ToolCall {
  return { toolCallId, toolName, input, ...(invalidInput !== undefined && { invalidInput }) };
}

/** A copy of the output: the tool may go on changing its object, and history is what the model was told. */
function toolMessageOf({ toolCallId, toolName, output, isError }: ToolResultChunk): ToolMessage {
  const message = { role: 'tool', toolCallId, toolName } as const;
  try {
    const text = jsonText(output);
    return { ...message, output: text === undefined ? null : (JSON.parse(text) as unknown), isError };
  } catch {
    // Only a source that brings results of its own gets here: those of tools and interceptors are checked before.
    return { ...message, output: 'The result cannot be written as JSON.', isError: true };
  }
}

function abortedResult({ toolCallId, toolName }: ToolCall): ToolMessage {
  return { role: 'tool', toolCallId, toolName, output: abortedOutput, isError: true };
}
