import { type Observable, tap } from 'rxjs';
import { toPromise } from '../bridges/to-promise.js';
import type { FinishReason, StepChunk, StepFinishReason, StreamChunk } from '../core/chunk.js';
import type { Message } from '../core/message.js';
import type { StreamingResponse } from '../core/response.js';
import type { ToolCallRecord } from '../core/tool-call-record.js';
import type { Usage } from '../core/usage.js';
import type { RunState } from './run-state.js';

/** One model call of a run. */
export interface AgentStep {
  readonly stepIndex: number;
  /** The text of this step alone. */
  readonly content: string;
  readonly reasoning: string;
  /** The calls this step made, with their results. */
  readonly toolCalls: readonly ToolCallRecord[];
  readonly finishReason: StepFinishReason;
  readonly rawFinishReason?: string;
  readonly usage?: Usage;
}

/** What a whole run came to. */
export interface AgentResponse {
  /** The text of all steps, as a consumer of the stream sees it. */
  readonly content: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCallRecord[];
  readonly steps: readonly AgentStep[];
  readonly usage: Usage | undefined;
  readonly finishReason: FinishReason;
  /** The conversation with this turn; can be given to another call as `messages`. */
  readonly messages: readonly Message[];
  readonly streamId: string;
  readonly durationMs: number;
}

/** Runs to the end and gathers what came. Rejects with what the stream errors with. */
export async function collectRun(start: (watch: (state: RunState) => void) => Observable<StreamChunk>): Promise<AgentResponse> {
  let state: RunState | undefined;
  let steps = new Steps();
  const chunks$ = start((begun) => {
    state = begun;
    steps = new Steps();
  });
  await toPromise(chunks$.pipe(tap((chunk) => {
    if (chunk.type === 'step' && state !== undefined) steps.add(chunk, state.response);
  })));
  if (state === undefined) throw new Error('The run ended without having begun.');
  const { response } = state;
  return {
    content: response.completeText,
    reasoning: response.reasoningText,
    toolCalls: response.toolCalls,
    steps: steps.list,
    usage: response.usage,
    finishReason: response.finishReason ?? 'other',
    messages: state.conversation,
    streamId: response.streamId,
    durationMs: response.durationMs,
  };
}

/** Cuts the run's text into its steps. */
class Steps {
  readonly list: AgentStep[] = [];
  #text = 0;
  #reasoning = 0;
  #toolCalls = 0;

  add(chunk: StepChunk, response: StreamingResponse): void {
    this.list.push({
      stepIndex: chunk.stepIndex,
      content: response.textFrom(this.#text),
      reasoning: response.reasoningFrom(this.#reasoning),
      toolCalls: response.toolCalls.slice(this.#toolCalls),
      finishReason: chunk.finishReason,
      ...(chunk.rawFinishReason !== undefined && { rawFinishReason: chunk.rawFinishReason }),
      ...(chunk.usage !== undefined && { usage: chunk.usage }),
    });
    this.#text = response.textLength;
    this.#reasoning = response.reasoningLength;
    this.#toolCalls = response.toolCalls.length;
  }
}
