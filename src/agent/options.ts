import type { SchedulerLike } from 'rxjs';
import type { RetryPolicy } from '../../operators/retry-interrupted.js';
import type { AttemptMode } from '../../operators/shared/attempts.js';
import type { StreamMetrics } from '../core/metrics.js';
import type { Message } from '../core/message.js';
import type { ModelOptions, Provider } from '../core/provider.js';
import type { ToolInterceptor } from '../core/tool.js';
import type { MessageStore } from './conversation.js';
import type { Tool, ToolStart } from './tools.js';

/** Limits of one model call, in milliseconds. A limit for a whole run is the caller's `AbortSignal.timeout`. */
export interface TimeoutOptions {
  /** Until the first chunk. */
  readonly first?: number;
  /** Between two chunks. */
  readonly each?: number;
  /** For the whole model call. */
  readonly total?: number;
}

/** When a model call is made again; a tool's `idempotent` says whether its calls may be. */
export type RetryOptions = Omit<RetryPolicy, 'isIdempotent' | 'response'>;

/** Who answers when the provider, with all its attempts, has failed. */
export interface FallbackOptions {
  /** In the order in which they are asked. The time limits and `retry` hold for each of them. */
  readonly next: readonly Provider[];
  /** Default `before-first-chunk`. */
  readonly mode?: AttemptMode;
  /** Which errors another provider may not have. Default: every failure of the provider. */
  readonly when?: (error: unknown) => boolean;
}

/** A second request when the first is slow to begin. */
export interface HedgeAgentOptions {
  /** Until the next request goes out beside those that wait for a first chunk, in milliseconds. */
  readonly afterMs: number;
  /** Who is asked, one after another. Default: the same provider once more. */
  readonly others?: readonly Provider[];
}

/** What can be set for an agent and overridden for one call. */
export interface CommonOptions extends ModelOptions {
  readonly tools?: readonly Tool[];
  readonly timeout?: TimeoutOptions;
  /** Failed model calls are made again. The SDK's own retries are then off. Default: none but the SDK's. */
  readonly retry?: RetryOptions;
}

/** How an `Agent` is made. */
export interface AgentOptions extends CommonOptions {
  /** For logs and sub-agents. Default `'agent'`. */
  readonly name?: string;
  /** A model name, in Node: `gpt-…`, `o3…`, `chatgpt-…` pick OpenAI, `claude-…` picks Anthropic. */
  readonly model?: string;
  /** Where the answers come from, for every other case. */
  readonly provider?: Provider;
  /** Other providers, for when this one fails. */
  readonly fallback?: FallbackOptions;
  /** Further requests, for when this one is slow to begin. */
  readonly hedge?: HedgeAgentOptions;
  /** Goes before the conversation as the system message. */
  readonly instructions?: string;
  /** Stand between the model's calls and the tools; the first is outermost. */
  readonly toolInterceptors?: readonly ToolInterceptor[];
  /** How many calls of tools run at once. Default 8. */
  readonly toolConcurrency?: number;
  /** When a call of a tool starts: when its input is complete, or only after a step that finished with `tool-calls`. Default `immediately`. */
  readonly toolStart?: ToolStart;
  /** How many model calls one run may take. Default 10. */
  readonly maxSteps?: number;
  /** The conversation so far. */
  readonly messages?: readonly Message[];
  /** Written after each turn. */
  readonly store?: MessageStore;
  /** All time of the agent: limits, durations, timestamps. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** What can be set for one call of `stream$`, `stream` or `run`. */
export interface RunOptions extends CommonOptions {
  /** Aborting it interrupts the run; `AbortSignal.timeout(ms)` is a deadline for the whole run. */
  readonly signal?: AbortSignal;
  /** Made up when absent. */
  readonly streamId?: string;
  /** The conversation to start from instead of the agent's own; the call then leaves the agent's history alone. */
  readonly messages?: readonly Message[];
  /** Hears the run's metrics live and at its end. */
  readonly metrics?: (metrics: StreamMetrics) => void;
}
