import type { ChunkMetadata, RestartChunk, StreamChunk } from '../../src/core/chunk.js';
import { isStreamInterrupted } from '../../src/core/errors.js';
import type { StreamingResponse } from '../../src/core/response.js';
import { type UsageParts, addUsage, addUsageToError, usedBy } from './attempt-usage.js';
import { withPartial } from './interruption.js';
import { checkChoice, checkFunction, checkOptions } from './option-checks.js';
import { isCallersEnd, isProviderFailure, kindOf } from './retryable.js';

/**
 * When an attempt may follow a failed one: only while the consumer has seen no chunk; or also later, with a `restart`
 * chunk that takes back what was seen.
 */
export type AttemptMode = 'before-first-chunk' | 'restart';

/** Options of every operator that makes a further attempt after a failed one. */
export interface AttemptOptions {
  /** Default `before-first-chunk`. */
  readonly mode?: AttemptMode;
  /**
   * Whether a call of this tool may be run twice without harm. Only mode `restart` asks: a call of any other tool is a
   * commit point, after which no attempt follows. Default: none is.
   */
  readonly isIdempotent?: (toolName: string) => boolean;
  /**
   * The response that a `mapInterruption({ response })` below fills, when operators above were given it too: an error that
   * carries it says nothing of the usage of one attempt. Make it inside `defer`.
   */
  readonly response?: StreamingResponse;
}

/** @throws ValidationError for options that cannot be kept. */
export function checkAttemptOptions(name: string, options: AttemptOptions & { readonly when?: unknown }): void {
  checkOptions(name, options);
  checkChoice(`${name} mode`, options.mode, ['before-first-chunk', 'restart'] satisfies AttemptMode[]);
  checkFunction(`${name} when`, options.when);
  checkFunction(`${name} isIdempotent`, options.isIdempotent);
}

/** What `Attempts` has to know besides the user's options. */
export interface AttemptRules extends AttemptOptions {
  readonly when: (error: unknown) => boolean;
  /** Milliseconds since the epoch, for the chunks that are made here. */
  readonly now: () => number;
}

/** What an attempt failed with. */
export interface Failure {
  readonly error: unknown;
}

/** The attempts of one subscription: which may follow, what is void, what they cost. A state machine without rxjs. */
export class Attempts {
  readonly #rules: AttemptRules;
  #attempt = 0;
  #hasSpoken = false;
  #hasFailed = false;
  /** A call that must not be run twice has passed, or a whole step. */
  #isCommitted = false;
  /** Of the attempt whose chunks the consumer sees. */
  #seen: Failure | undefined;
  /** Of the last attempt, when it showed nothing. */
  #silent: Failure | undefined;
  /** Of the attempts before it that showed nothing. */
  #unseenUsage: UsageParts = [];
  /** Of those that a `restart` made void. A run counts them in its `finish`; a stream without a `step` is one model call, which does not. */
  #voidUsage: UsageParts = [];
  #hasStep = false;
  #streamId: string | undefined;
  #renamed: { readonly from: ChunkMetadata; readonly to: ChunkMetadata } | undefined;

  constructor(rules: AttemptRules) {
    this.#rules = rules;
  }

  /** Another attempt begins. */
  begin(): void {
    this.#attempt++;
    this.#hasSpoken = false;
    this.#hasFailed = false;
  }

  /** What has to go out before this chunk: with the first chunk of an attempt, the end of the one that was seen before. */
  restartBefore(chunk: StreamChunk): RestartChunk | undefined {
    if (this.#hasSpoken) return undefined;
    this.#hasSpoken = true;
    this.#streamId ??= chunk.metadata.streamId;
    this.#countSilent();
    if (this.#seen === undefined) return undefined;
    const { error } = this.#seen;
    this.#seen = undefined;
    const usage = usedBy(error, this.#rules.response)[0];
    this.#voidUsage = [...this.#voidUsage, usage];
    return {
      type: 'restart',
      content: '',
      isFinal: false,
      timestamp: this.#rules.now(),
      metadata: this.#sameStream(chunk).metadata,
      reason: kindOf(error).reason,
      attempt: this.#attempt,
      ...(usage !== undefined && { usage }),
    };
  }

  /** The chunk as it goes out. */
  pass(chunk: StreamChunk): StreamChunk {
    if (chunk.type === 'finish') {
      this.#isCommitted = true;
      return addUsage(this.#sameStream(chunk), this.#hasStep ? [...this.#unseenUsage, ...this.#voidUsage] : this.#unseenUsage);
    }
    if (chunk.type === 'step') this.#hasStep = true;
    if (chunk.type === 'step' || (chunk.type === 'tool-call' && !this.#mayRepeat(chunk.toolName))) this.#isCommitted = true;
    return this.#sameStream(chunk);
  }

  /** The attempt failed. */
  failed(error: unknown): void {
    this.#hasFailed = true;
    if (this.#hasSpoken) {
      this.#seen = { error };
      return;
    }
    this.#countSilent();
    this.#silent = { error };
  }

  /** The attempt completed. One that shows nothing after a failure is no success: it fails as the one before it did. */
  completed(): Failure | undefined {
    const failure = this.#hasSpoken ? undefined : (this.#silent ?? this.#seen);
    this.#hasFailed = failure !== undefined;
    return failure;
  }

  /** Whether the attempt failed; an error that came otherwise is one of the user's callbacks. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Whether another attempt may follow this failure. */
  mayFollow(error: unknown): boolean {
    if (this.#isCommitted || (this.#hasSpoken && this.#rules.mode !== 'restart')) return false;
    return !isCallersEnd(error) && this.#rules.when(error);
  }

  /** What goes on when no attempt follows: the error of the attempt that is seen, whose partial is then kept. */
  finalError(error: unknown): unknown {
    if (this.#seen === undefined) return this.#counted(error);
    this.#countSilent();
    const seen = this.#counted(this.#seen.error);
    // An abort, a check that refused and the user's own errors say so themselves, also in an attempt that showed nothing.
    if (this.#seen.error === error || (isProviderFailure(error) && !isCallersEnd(error))) return seen;
    return isStreamInterrupted(error) && isStreamInterrupted(seen) ? withPartial(error, seen.partial) : error;
  }

  #countSilent(): void {
    if (this.#silent === undefined) return;
    this.#unseenUsage = [...this.#unseenUsage, ...usedBy(this.#silent.error, this.#rules.response)];
    this.#silent = undefined;
  }

  #counted(error: unknown): unknown {
    return addUsageToError(error, this.#unseenUsage, this.#rules.response);
  }

  #mayRepeat(toolName: string): boolean {
    return this.#rules.mode === 'restart' && this.#rules.isIdempotent?.(toolName) === true;
  }

  /** One stream has one id, also when each attempt made up its own. */
  #sameStream<C extends StreamChunk>(chunk: C): C {
    const { metadata } = chunk;
    if (this.#streamId === undefined || metadata.streamId === this.#streamId) return chunk;
    if (this.#renamed?.from !== metadata) {
      this.#renamed = { from: metadata, to: Object.freeze({ ...metadata, streamId: this.#streamId }) };
    }
    return { ...chunk, metadata: this.#renamed.to };
  }
}
