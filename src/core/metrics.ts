import type { FinishChunk, StepChunk, StreamChunk } from './chunk.js';
import { GapHistogram } from './gap-histogram.js';

/**
 * How the stream stands. `finished`: its `finish` chunk came; `completed`: it completed without one; `interrupted`: it
 * failed after it began; `failed`: any other error; `unsubscribed`: the consumer left before the `finish`.
 */
export type MetricsEnding = 'running' | 'finished' | 'completed' | 'interrupted' | 'failed' | 'unsubscribed';

/**
 * What was measured so far. Times are milliseconds of the operator's scheduler; time in which the consumer held the source
 * back (`Demand`) counts in none of them. What a `restart` makes void was streamed and paid for: it counts in all of them.
 */
export interface StreamMetrics {
  readonly streamId: string;
  readonly ending: MetricsEnding;
  /** Since subscribe. */
  readonly durationMs: number;
  /** From subscribe to the first chunk. */
  readonly firstChunkMs: number | undefined;
  readonly chunkCount: number;
  /** Of the text that came, in UTF-16 code units. */
  readonly characterCount: number;
  /** Absent until the provider reports it. */
  readonly inputTokens: number | undefined;
  /** What the provider reported, and 4 characters a token for what it has not reported yet. */
  readonly outputTokens: number;
  /** True while a part of the token counts is not the provider's own. */
  readonly tokensEstimated: boolean;
  /** The model's output tokens over the time it was generating: from the first to the last chunk of each model call. */
  readonly tokensPerSecond: number | undefined;
  /** Time between two chunks of the model, median; known to 12 %. */
  readonly gapP50Ms: number | undefined;
  /** 99 of 100 gaps are not longer. */
  readonly gapP99Ms: number | undefined;
  /** Gaps longer than `stallMs`. */
  readonly stallCount: number;
  readonly stallMs: number;
}

/** A common estimate for English; the provider's own count replaces it. */
const charactersPerToken = 4;

/** How a `StreamMeter` begins. */
export interface StreamMeterOptions {
  /** The clock's time at subscribe. */
  readonly startMs: number;
  /** A gap longer than this is a stall. */
  readonly stallMs: number;
}

/** Measures one stream: O(1) time per chunk, O(1) memory; holds no text. Plain state machine, the clock is the caller's. */
export class StreamMeter {
  readonly #startMs: number;
  readonly #stallMs: number;
  readonly #gaps = new GapHistogram();
  #streamId = '';
  #chunkCount = 0;
  #characterCount = 0;
  #firstMs: number | undefined;
  #stallCount = 0;
  #generatingMs = 0;
  /** When the model last sent something in the running model call. */
  #lastModelMs: number | undefined;
  /** A call of ours came in the running model call: its end waits for our tools, not for the model. */
  #hasOwnCall = false;
  /** Text, reasoning and tool input since usage was last reported. */
  #unreportedCharacters = 0;
  #inputTokens: number | undefined;
  #reportedTokens = 0;
  /** Of the reported tokens, those of sub-agents, which were not generated in this stream. */
  #foreignTokens = 0;
  /** Of the reported tokens, some are not the provider's own count. */
  #hasEstimate = false;
  #hasStep = false;
  #isEstimated = true;
  #isFinished = false;

  constructor({ startMs, stallMs }: StreamMeterOptions) {
    this.#startMs = startMs;
    this.#stallMs = stallMs;
  }

  /** True once the `finish` chunk came. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Takes the next chunk, which came at `nowMs`. */
  add(chunk: StreamChunk, nowMs: number): void {
    if (this.#chunkCount++ === 0) {
      this.#firstMs = nowMs;
      this.#streamId = chunk.metadata.streamId;
    }
    this.#addTime(chunk, nowMs);
    this.#addSize(chunk);
  }

  /** The figures as they stand at `nowMs`. */
  read(nowMs: number, ending: MetricsEnding): StreamMetrics {
    const outputTokens = this.#reportedTokens + this.#estimate();
    return {
      streamId: this.#streamId,
      ending,
      durationMs: nowMs - this.#startMs,
      firstChunkMs: this.#firstMs === undefined ? undefined : this.#firstMs - this.#startMs,
      chunkCount: this.#chunkCount,
      characterCount: this.#characterCount,
      inputTokens: this.#inputTokens,
      outputTokens,
      tokensEstimated: this.#isEstimated,
      tokensPerSecond:
        this.#generatingMs > 0 ? ((outputTokens - this.#foreignTokens) * 1_000) / this.#generatingMs : undefined,
      gapP50Ms: this.#gaps.quantile(0.5),
      gapP99Ms: this.#gaps.quantile(0.99),
      stallCount: this.#stallCount,
      stallMs: this.#stallMs,
    };
  }

  #addTime(chunk: StreamChunk, nowMs: number): void {
    if (isFromOurTools(chunk)) return;
    const isEnd = chunk.type === 'step' || chunk.type === 'finish';
    if (this.#lastModelMs !== undefined && chunk.type !== 'restart' && !(isEnd && this.#hasOwnCall)) {
      this.#addGap(nowMs - this.#lastModelMs);
    }
    if (isEnd || chunk.type === 'restart') {
      this.#lastModelMs = undefined;
      this.#hasOwnCall = false;
    } else {
      this.#lastModelMs = nowMs;
      if (chunk.type === 'tool-call' && chunk.providerExecuted !== true) this.#hasOwnCall = true;
    }
  }

  #addGap(gapMs: number): void {
    this.#generatingMs += gapMs;
    this.#gaps.add(gapMs);
    if (gapMs > this.#stallMs) this.#stallCount++;
  }

  #addSize(chunk: StreamChunk): void {
    switch (chunk.type) {
      case 'text':
        this.#addText(chunk.content);
        return;
      case 'reasoning':
        this.#unreportedCharacters += chunk.reasoning.length;
        return;
      case 'tool-input':
        this.#unreportedCharacters += chunk.inputDelta.length;
        return;
      case 'tool-result':
        this.#report(chunk.usage, true);
        return;
      case 'restart':
        this.#endModelCall(chunk.usage);
        return;
      case 'step':
        this.#hasStep = true;
        this.#endModelCall(chunk.usage);
        return;
      case 'finish':
        this.#addText(chunk.content);
        this.#finish(chunk);
        return;
      case 'tool-call':
      case 'tool-approval':
      case 'source':
      case 'file':
      case 'tool-progress':
        return;
      default:
        chunk satisfies never;
    }
  }

  #addText(text: string): void {
    this.#characterCount += text.length;
    this.#unreportedCharacters += text.length;
  }

  /** A model call without usage keeps its estimate. */
  #endModelCall(usage: StepChunk['usage']): void {
    if (usage === undefined) {
      this.#reportedTokens += this.#estimate();
      this.#hasEstimate = true;
    }
    this.#report(usage, false);
    this.#unreportedCharacters = 0;
  }

  #estimate(): number {
    return Math.ceil(this.#unreportedCharacters / charactersPerToken);
  }

  #report(usage: StepChunk['usage'], isForeign: boolean): void {
    if (usage === undefined) return;
    this.#inputTokens = (this.#inputTokens ?? 0) + usage.inputTokens;
    this.#reportedTokens += usage.outputTokens;
    if (isForeign) this.#foreignTokens += usage.outputTokens;
    if (usage.estimated === true) this.#hasEstimate = true;
  }

  #finish({ usage }: FinishChunk): void {
    this.#isFinished = true;
    if (usage === undefined) return;
    if (this.#hasStep) this.#forgetReports();
    this.#report(usage, false);
    this.#unreportedCharacters = 0;
    this.#isEstimated = this.#hasEstimate;
  }

  /** `finish.usage` of a run counts them; that of a stream without a step is of the last attempt alone. */
  #forgetReports(): void {
    this.#inputTokens = undefined;
    this.#reportedTokens = 0;
    this.#hasEstimate = false;
  }
}

/** Sent by the tools that run beside the model, at their own pace. */
function isFromOurTools(chunk: StreamChunk): boolean {
  switch (chunk.type) {
    case 'tool-result':
      return chunk.providerExecuted !== true;
    case 'tool-approval':
    case 'tool-progress':
      return true;
    default:
      return false;
  }
}
