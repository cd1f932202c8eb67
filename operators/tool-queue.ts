import type { FinishReason, ToolCallChunk } from '../src/core/chunk.js';

/** What to do with a call next: run it, or close it with an error result. */
export type ToolDecision =
  | { readonly type: 'start'; readonly call: ToolCallChunk }
  | { readonly type: 'refuse-input'; readonly call: ToolCallChunk }
  | { readonly type: 'refuse-ending'; readonly call: ToolCallChunk; readonly finishReason: FinishReason };

/** Where a call of ours stands. A closed one is remembered, so that a call seen twice is not run twice. */
type CallState = 'waiting' | 'running' | 'closed';

interface WaitingCall {
  readonly call: ToolCallChunk;
  /** Starts only when the step has ended with `tool-calls`. */
  readonly afterStep: boolean;
}

/** Answers that were cut or refused: no call is started any more on their word. */
const cutReasons: ReadonlySet<FinishReason> = new Set<FinishReason>(['length', 'content-filter', 'refusal']);

/** Which calls wait, which run, what happens next. A state machine without rxjs and I/O; `ToolStep` drives it. */
export class ToolQueue {
  readonly #concurrency: number;
  readonly #states = new Map<string, CallState>();
  #waiting: WaitingCall[] = [];
  #runningCount = 0;
  #finishReason: FinishReason | undefined;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** Nothing runs and nothing waits. */
  get isIdle(): boolean {
    return this.#runningCount === 0 && this.#waiting.length === 0;
  }

  has(toolCallId: string): boolean {
    return this.#states.has(toolCallId);
  }

  isClosed(toolCallId: string): boolean {
    return this.#states.get(toolCallId) === 'closed';
  }

  /** Takes a call in. */
  add(call: ToolCallChunk, afterStep: boolean): void {
    this.#states.set(call.toolCallId, 'waiting');
    this.#waiting.push({ call, afterStep });
  }

  /** The step's `finish` came. */
  endStep(reason: FinishReason): void {
    this.#finishReason = reason;
  }

  /** Takes the first waiting call out that something can be decided about, in the order they came. */
  next(): ToolDecision | undefined {
    for (const [index, { call, afterStep }] of this.#waiting.entries()) {
      const decision = this.#decide(call, afterStep);
      if (decision === undefined) continue;
      this.#waiting.splice(index, 1);
      this.#states.set(call.toolCallId, decision.type === 'start' ? 'running' : 'closed');
      if (decision.type === 'start') this.#runningCount++;
      return decision;
    }
    return undefined;
  }

  /** A result of this call came, from us or from upstream. */
  close(toolCallId: string): void {
    const before = this.#states.get(toolCallId);
    if (before === 'running') this.#runningCount--;
    if (before === 'waiting') this.#waiting = this.#waiting.filter(({ call }) => call.toolCallId !== toolCallId);
    this.#states.set(toolCallId, 'closed');
  }

  /** The attempt is void: forgets all its calls, whose ids the next attempt may use again. */
  clear(): void {
    this.#states.clear();
    this.#waiting = [];
    this.#runningCount = 0;
  }

  #decide(call: ToolCallChunk, afterStep: boolean): ToolDecision | undefined {
    const finishReason = this.#finishReason;
    if (call.invalidInput !== undefined) return { type: 'refuse-input', call };
    if (finishReason !== undefined && (cutReasons.has(finishReason) || (afterStep && finishReason !== 'tool-calls'))) {
      return { type: 'refuse-ending', call, finishReason };
    }
    if (afterStep && finishReason === undefined) return undefined;
    return this.#runningCount < this.#concurrency ? { type: 'start', call } : undefined;
  }
}
