import { type ChunkMetadata, type FinishChunk, type FinishReason, type Replay, type StepChunk, type StreamChunk, finishChunk } from '../core/chunk.js';
import { isStreamInterrupted } from '../core/errors.js';
import type { Message } from '../core/message.js';
import type { ModelOptions, ProviderRequest, ToolDefinition } from '../core/provider.js';
import { StreamingResponse } from '../core/response.js';
import { type Usage, sumUsage } from '../core/usage.js';
import { CallIds } from './call-ids.js';
import type { Turn } from './conversation.js';
import { TurnRecorder } from './turn-recorder.js';

/** What every model call of a run is asked with. */
export interface RunRequest {
  readonly streamId: string;
  readonly instructions: string | undefined;
  readonly prompt: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly options: ModelOptions;
  readonly maxSteps: number;
}

/** Reasons after which the model has nothing more to say, whatever calls it made. */
const lastReasons: ReadonlySet<FinishReason> = new Set<FinishReason>(['length', 'content-filter', 'refusal']);

/** The state of one subscription: what has been said, what it cost, whether it goes on. */
export class RunState {
  readonly response: StreamingResponse;
  readonly callIds: CallIds;
  readonly #request: RunRequest;
  readonly #turn: Turn;
  readonly #now: () => number;
  readonly #recorder: TurnRecorder;
  readonly #usages: (Usage | undefined)[] = [];
  #stepIndex = 0;
  #ownCalls = 0;
  #lastStep: StepChunk | undefined;
  #finishReason: FinishReason = 'other';
  #metadata: ChunkMetadata;

  constructor(request: RunRequest, turn: Turn, now: () => number) {
    this.#request = request;
    this.#turn = turn;
    this.#now = now;
    this.#metadata = { streamId: request.streamId };
    this.response = new StreamingResponse({ streamId: request.streamId, now });
    this.callIds = new CallIds(turn.base);
    this.#recorder = new TurnRecorder(request.prompt, this.response);
  }

  /** Counted from 0. */
  get stepIndex(): number {
    return this.#stepIndex;
  }

  /** The messages before this turn, and the turn so far. */
  get conversation(): readonly Message[] {
    return [...this.#turn.base, ...this.#recorder.messages];
  }

  /** The next model call: the conversation with all that this run has said. */
  nextRequest(): ProviderRequest {
    const { instructions, tools, options, streamId } = this.#request;
    const { toolChoice, ...rest } = options;
    const choice = this.#stepIndex > 0 && isForced(toolChoice) ? 'auto' : toolChoice;
    this.callIds.beginStep();
    this.#ownCalls = 0;
    return {
      ...rest,
      ...(choice !== undefined && { toolChoice: choice }),
      messages: [
        ...(instructions === undefined ? [] : [{ role: 'system', content: instructions } as const]),
        ...this.conversation,
      ],
      ...(tools.length > 0 && { tools }),
      streamId,
    };
  }

  /** Takes each chunk of the run, after `response` has. */
  add(chunk: StreamChunk): void {
    this.#recorder.add(chunk);
    switch (chunk.type) {
      case 'tool-call':
        this.callIds.add(chunk.toolCallId);
        if (!chunk.providerExecuted) this.#ownCalls++;
        return;
      case 'tool-result':
        if (chunk.usage !== undefined) this.#usages.push(chunk.usage);
        return;
      case 'restart':
        this.#ownCalls = 0;
        if (chunk.usage !== undefined) this.#usages.push(chunk.usage);
        return;
      case 'step':
        this.#endStep(chunk);
        return;
      case 'finish':
        this.#turn.commit(this.#recorder.turn());
        return;
      default:
    }
  }

  /** Puts what came into the history: the run ended without its `finish`. */
  interrupted(error?: unknown): void {
    const replay: Replay | undefined = isStreamInterrupted(error) ? error.partial.replay : undefined;
    this.#turn.commit(this.#recorder.turn({ replay }));
  }

  /** Whether another model call follows the step that has just ended. */
  get goesOn(): boolean {
    return this.#wantsMore && this.#stepIndex < this.#request.maxSteps;
  }

  /** The end of the run. */
  finish(): FinishChunk {
    const usage = sumUsage(this.#usages);
    const rawFinishReason = this.#lastStep?.rawFinishReason;
    return finishChunk(
      {
        finishReason: this.#wantsMore ? 'max-steps' : this.#finishReason,
        ...(rawFinishReason !== undefined && { rawFinishReason }),
        ...(usage !== undefined && { usage }),
      },
      { ...this.#metadata, durationMs: this.response.durationMs, steps: this.#stepIndex },
      this.#now(),
    );
  }

  /** Results that the model has not read, or an answer that the provider paused. */
  get #wantsMore(): boolean {
    if (this.#finishReason === 'pause') return true;
    return this.#ownCalls > 0 && !lastReasons.has(this.#finishReason);
  }

  #endStep(step: StepChunk): void {
    this.#lastStep = step;
    this.#finishReason = step.finishReason;
    this.#metadata = step.metadata;
    this.#usages.push(step.usage);
    this.#stepIndex++;
  }
}

/** A model that must call a tool would never come to an answer: after the first step the choice is its own again. */
function isForced(choice: ModelOptions['toolChoice']): boolean {
  return choice === 'required' || typeof choice === 'object';
}
