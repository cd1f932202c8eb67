import type { SchedulerLike } from 'rxjs';
import { type RetryPolicy, checkRetryPolicy } from '../../operators/retry-interrupted.js';
import type { AttemptMode } from '../../operators/shared/attempts.js';
import { checkLimit } from '../../operators/shared/limits.js';
import { ValidationError } from '../core/errors.js';
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
interface CommonOptions extends ModelOptions {
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

type OptionName = keyof AgentOptions | keyof RunOptions;

const modelOptionNames = ['temperature', 'maxTokens', 'topP', 'stop', 'seed', 'toolChoice', 'responseFormat', 'extra'] as const;
const commonNames = [...modelOptionNames, 'tools', 'timeout', 'retry', 'messages'] as const;
const agentNames: ReadonlySet<string> = new Set<OptionName>([
  ...commonNames, 'name', 'model', 'provider', 'fallback', 'hedge', 'instructions', 'toolInterceptors', 'toolConcurrency', 'toolStart', 'maxSteps', 'store', 'scheduler',
]);
const runNames: ReadonlySet<string> = new Set<OptionName>([...commonNames, 'signal', 'streamId', 'metrics']);

/** The options of a model call among `options`. */
export function modelOptions(options: CommonOptions): ModelOptions {
  return Object.fromEntries(modelOptionNames.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]));
}

/** @throws {ValidationError} an option is unknown or out of range. */
export function checkAgentOptions(options: AgentOptions): void {
  checkNames(options, agentNames, 'Agent');
  if (options.model !== undefined && options.provider !== undefined) {
    throw new ValidationError('Agent: give model or provider, not both: a provider has its model already.');
  }
  checkCommon(options);
  checkLimit('hedge afterMs', options.hedge?.afterMs);
  checkCount('maxSteps', options.maxSteps);
  checkCount('toolConcurrency', options.toolConcurrency);
}

/** @throws {ValidationError} an option is unknown or out of range. */
export function checkRunOptions(options: RunOptions): void {
  checkNames(options, runNames, 'stream$');
  checkCommon(options);
  if (options.streamId === '') throw new ValidationError('streamId must not be empty: leave it out to have one made.');
}

function checkNames(options: object, known: ReadonlySet<string>, where: string): void {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new ValidationError(`${where}: unknown option "${name}". Fields that only a provider knows go into extra.`);
  }
}

function checkCommon(options: CommonOptions): void {
  checkRange('temperature', options.temperature, 0, 2);
  checkRange('topP', options.topP, 0, 1);
  checkCount('maxTokens', options.maxTokens);
  if (options.seed !== undefined && !Number.isInteger(options.seed)) throw new ValidationError('seed must be an integer.');
  checkToolNames(options.tools ?? []);
  checkRetryPolicy('retry', options.retry ?? {});
}

function checkRange(name: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && !(value >= least && value <= most)) {
    throw new ValidationError(`${name} must be a number from ${least} to ${most}, not ${String(value)}.`);
  }
}

function checkCount(name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
    throw new ValidationError(`${name} must be a whole number of at least 1, not ${String(value)}.`);
  }
}

/** @throws {ValidationError} two tools share a name: the model could not tell them apart. */
export function checkToolNames(tools: readonly Tool[]): void {
  const names = new Set<string>();
  for (const { name } of tools) {
    if (names.has(name)) throw new ValidationError(`Two tools are named "${name}": give each a name of its own.`);
    names.add(name);
  }
}
