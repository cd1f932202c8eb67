import { providerOfModel } from '#model-name';
import { type Observable, asyncScheduler, defer } from 'rxjs';
import { toAsyncIterable } from '../bridges/to-async-iterable.js';
import type { StreamChunk, ToolCall } from '../core/chunk.js';
import { ValidationError } from '../core/errors.js';
import type { Message, MessageContent } from '../core/message.js';
import type { Provider, ProviderCapabilities } from '../core/provider.js';
import { newStreamId } from '../core/stream-id.js';
import type { ToolInterceptor } from '../core/tool.js';
import { type AgentResponse, collectRun } from './agent-response.js';
import { checkResults } from './checked-result.js';
import { Conversation, type Turn } from './conversation.js';
import { checkAgentOptions, checkPrompt, checkProvider, checkRunOptions, checkTools, modelOptions } from './check-options.js';
import type { AgentOptions, RunOptions } from './options.js';
import { type RunPlan, run$ } from './run.js';
import type { RunState } from './run-state.js';
import { StreamManager } from './stream-manager.js';
import { type Tool, runTools, toolDefinitions } from './tools.js';

/** What is asked: a text, or text and images. */
export type Prompt = MessageContent;

/** What an agent's provider is and can do. */
export interface ProviderInfo {
  readonly provider: string;
  readonly model: string;
  readonly supportsStreaming: boolean;
  /** What is absent is not known. */
  readonly capabilities: ProviderCapabilities;
}

const defaultMaxSteps = 10;

/**
 * A model with instructions, tools and a conversation.
 *
 * Its answer is an Observable of chunks; tools run in the middle of it; `stream` and `run` are bridges over it. Each
 * subscription is a run of its own: two at once do not mix, and each adds one whole turn to the history when it ends.
 *
 * @example
 * const agent = new Agent({ provider: openai('gpt-5-mini'), tools: [calculator] });
 * agent.stream$('What is 15% of 2,500?').pipe(text()).subscribe((piece) => process.stdout.write(piece));
 */
export class Agent {
  readonly name: string;
  /** The runs that are going on. */
  readonly streams = new StreamManager();
  readonly #options: AgentOptions;
  readonly #conversation: Conversation;
  #provider: Provider;
  #tools: readonly Tool[];

  /** @throws {ValidationError} an option is unknown or out of range, or neither model nor provider is given. */
  constructor(options: AgentOptions) {
    checkAgentOptions(options);
    this.name = options.name ?? 'agent';
    this.#options = options;
    this.#provider = options.provider ?? providerOf(options.model);
    this.#tools = options.tools ?? [];
    this.#conversation = new Conversation(options.messages, options.store);
  }

  /**
   * The answer to `prompt` as a cold stream: chunks, then one `finish`.
   *
   * Nothing happens before subscribe. Unsubscribing aborts the request and every running tool at once. An error before the
   * answer began is a `ProviderError` or a `ValidationError`; after that a `StreamInterruptedError` with the partial answer.
   * One call is one turn of the conversation, however often it is subscribed (`retry`, `repeat`).
   */
  stream$(prompt: Prompt, options: RunOptions = {}): Observable<StreamChunk> {
    return this.#start(prompt, options);
  }

  /** The same as an `AsyncIterable`: each iteration is a run, subscribed at the first `next()`; `break` cancels it. */
  stream(prompt: Prompt, options: RunOptions = {}): AsyncIterable<StreamChunk> {
    return toAsyncIterable(this.stream$(prompt, options));
  }

  /** The whole answer. Rejects with what the stream errors with. */
  run(prompt: Prompt, options: RunOptions = {}): Promise<AgentResponse> {
    return collectRun((watch) => this.#start(prompt, options, watch));
  }

  /**
   * Adds a tool, for the runs that start from now on.
   *
   * @throws {ValidationError} a tool of this name is there already.
   */
  addTool(tool: Tool): void {
    const tools = [...this.#tools, tool];
    checkTools(tools);
    this.#tools = tools;
  }

  /** What the provider is and can do. */
  getProviderInfo(): ProviderInfo {
    const { name, model, capabilities = {} } = this.#provider;
    return { provider: name, model, supportsStreaming: this.#provider.supportsStreaming(), capabilities };
  }

  /** The conversation so far, without instructions; waits for the store, and rejects with what its last write failed with. */
  getMessages(): Promise<readonly Message[]> {
    return this.#conversation.settled();
  }

  /**
   * Changes the provider, or the model by its name, for the runs that start from now on. Conversation and tools stay; nothing
   * of the old provider, its key least of all, reaches the new one.
   */
  setProvider(provider: Provider | string): void {
    if (typeof provider !== 'string') checkProvider('provider', provider);
    this.#provider = typeof provider === 'string' ? providerOf(provider) : provider;
  }

  #start(prompt: Prompt, options: RunOptions, watch?: (state: RunState) => void): Observable<StreamChunk> {
    let turn: Turn | undefined;
    return defer(() => {
      checkRunOptions(options);
      const asked = promptMessages(prompt, options);
      turn ??= options.messages === undefined ? this.#conversation.openTurn() : detachedTurn(options.messages);
      return run$(this.#plan(asked, options, turn), watch);
    });
  }

  #plan(prompt: readonly Message[], options: RunOptions, turn: Turn): RunPlan {
    const own = this.#options;
    const tools = options.tools ?? this.#tools;
    const find = (name: string): Tool | undefined => tools.find((tool) => tool.name === name);
    return {
      provider: this.#provider,
      request: {
        streamId: options.streamId ?? newStreamId(),
        instructions: own.instructions,
        prompt,
        tools: toolDefinitions(tools),
        options: { ...modelOptions(own), ...modelOptions(options) },
        maxSteps: own.maxSteps ?? defaultMaxSteps,
      },
      turn,
      streams: this.streams,
      scheduler: own.scheduler ?? asyncScheduler,
      interceptors: [...guarded(own.toolInterceptors), runTools(find, () => tools.map(({ name }) => name))],
      toolConcurrency: own.toolConcurrency,
      startAfterStep: (call: ToolCall) => (find(call.toolName)?.start ?? own.toolStart) === 'after-step',
      hedging: own.hedge,
      timeout: options.timeout ?? own.timeout,
      retry: options.retry ?? own.retry,
      fallback: own.fallback,
      isIdempotent: (toolName: string) => find(toolName)?.idempotent === true,
      signal: options.signal,
      metrics: options.metrics,
    };
  }
}

/** The user's interceptors, what they answer being checked; none without them, because tools check their own results. */
function guarded(interceptors: readonly ToolInterceptor[] = []): readonly ToolInterceptor[] {
  return interceptors.length === 0 ? [] : [checkResults, ...interceptors];
}

function providerOf(model: string | undefined): Provider {
  if (model === undefined || model === '') {
    throw new ValidationError("Agent: set model (in Node: 'gpt-5-mini', 'claude-…') or provider (openai('gpt-5-mini', { apiKey })).");
  }
  return providerOfModel(model);
}

function promptMessages(prompt: Prompt, options: RunOptions): readonly Message[] {
  checkPrompt(prompt);
  if (typeof prompt === 'string' ? prompt.trim() !== '' : prompt.length > 0) return [{ role: 'user', content: prompt }];
  // A conversation given whole may end with the user's message already.
  if (options.messages !== undefined && options.messages.length > 0) return [];
  throw new ValidationError('The prompt is empty: give a text, or messages to answer.');
}

/** For a conversation that the caller keeps. */
function detachedTurn(base: readonly Message[]): Turn {
  return { base, commit: () => undefined };
}
