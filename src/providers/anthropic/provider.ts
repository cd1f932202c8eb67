import type Anthropic from '@anthropic-ai/sdk';
import type { MessageCreateParamsNonStreaming, MessageCreateParamsStreaming } from '@anthropic-ai/sdk/resources/messages';
import { type Observable, type SchedulerLike, defer } from 'rxjs';
import type { StreamChunk } from '../../core/chunk.js';
import { ValidationError } from '../../core/errors.js';
import type { Completion, Provider, ProviderRequest } from '../../core/provider.js';
import { streamAnswer } from '../answer-stream.js';
import { type SdkIdentity, callError, errorContext } from '../sdk-call.js';
import { defaultHeaderValues, headerSecrets } from '../sdk-secrets.js';
import { sseDecoder } from '../wire/sse.js';
import { createClient } from './client.js';
import { toCompletion } from './completion.js';
import type { AnthropicOptions } from './options.js';
import { providerName } from './replay.js';
import { type MessagesBody, messagesRequest } from './request.js';
import { messagesServer } from './server.js';
import { messagesTranslator } from './translate.js';

/**
 * Answers of Anthropic, or of a compatible server, over the Messages API.
 *
 * Unsubscribing aborts the request and closes the connection. Before the 2xx headers a stream errors with a typed
 * `ProviderError`, or with a `ValidationError` when the request is wrong and nothing was sent; after them with a
 * `StreamInterruptedError` that carries what came. An answer has at most 8,192 tokens unless `maxTokens` says more.
 *
 * @throws {ValidationError} no model, or no key.
 *
 * @example
 * const provider = anthropic('claude-sonnet-5-5');
 * provider.stream$({ messages: [{ role: 'user', content: 'Hello' }] }).subscribe((chunk) => process.stdout.write(chunk.content));
 */
export function anthropic(model: string, options: AnthropicOptions = {}): Provider {
  if (model.trim() === '') throw new ValidationError("The model is empty. Name one: anthropic('claude-sonnet-5-5').");
  return new AnthropicProvider(model, options);
}

class AnthropicProvider implements Provider {
  readonly name = providerName;
  readonly model: string;
  readonly capabilities = { tools: true, images: true, reasoning: true, structuredOutput: true };
  readonly #client: Anthropic;
  readonly #server: string;
  readonly #scheduler: SchedulerLike | undefined;
  readonly #who: SdkIdentity;

  constructor(model: string, options: AnthropicOptions) {
    this.model = model;
    this.#client = options.client ?? createClient(options);
    this.#server = messagesServer(this.#client.baseURL);
    this.#scheduler = options.scheduler;
    this.#who = { provider: this.name, model, keyName: 'ANTHROPIC_API_KEY', keys: () => secretsOf(this.#client, options) };
  }

  supportsStreaming(): boolean {
    return true;
  }

  stream$(request: ProviderRequest): Observable<StreamChunk> {
    return defer(() => {
      const body = messagesRequest(this.model, request, this.#server);
      const { who, options } = this.#call(request);
      return streamAnswer({
        request,
        open: (signal) => this.#client.messages.create(streaming(body), { signal, ...options }).asResponse(),
        toError: (error) => callError(error, who, request),
        errors: errorContext(who, request),
        translator: (context) => messagesTranslator(context, this.#server),
        frames: (listener) => sseDecoder(listener),
        scheduler: this.#scheduler,
      });
    });
  }

  async complete(request: ProviderRequest, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Completion> {
    const body = messagesRequest(this.model, request, this.#server);
    const { who, options } = this.#call(request);
    const timeout = completionTimeoutMs(this.#client.timeout, body.max_tokens);
    try {
      const answer: unknown = await this.#client.messages.create(nonStreaming(body), { signal, timeout, ...options });
      return toCompletion(answer, this, this.#server);
    } catch (error) {
      throw callError(error, who, request, signal);
    }
  }

  /** A key that the client asks a function or a credentials provider for, it keeps to itself: then each request's is noted. */
  #call({ maxRetries }: ProviderRequest): { readonly who: SdkIdentity; readonly options: Anthropic.RequestOptions } {
    const retries = maxRetries !== undefined && { maxRetries };
    if (this.#client.apiKey !== null || this.#client.authToken !== null) return { who: this.#who, options: { ...retries } };
    const sent: string[] = [];
    const note: NonNullable<Anthropic.RequestOptions['middleware']>[number] = (request, next) => {
      for (const name of ['authorization', 'x-api-key']) sent.push(...headerSecrets([request.headers.get(name) ?? '']));
      return next(request);
    };
    return { who: { ...this.#who, keys: () => [...this.#who.keys(), ...sent] }, options: { ...retries, middleware: [note] } };
  }
}

function secretsOf(client: Anthropic, { headers = {} }: AnthropicOptions): readonly (string | null | undefined)[] {
  return [client.apiKey, client.authToken, ...headerSecrets([...Object.values(headers), ...defaultHeaderValues(client)])];
}

// The SDK's types know neither every field that servers take (`temperature` is gone from them) nor what `extra` and a
// replay may hold. The body is ours, built by the API reference.
function streaming(body: MessagesBody): MessageCreateParamsStreaming {
  return { ...body, stream: true } as unknown as MessageCreateParamsStreaming;
}

function nonStreaming(body: MessagesBody): MessageCreateParamsNonStreaming {
  return { ...body, stream: false } as unknown as MessageCreateParamsNonStreaming;
}

/** The SDK's default, in milliseconds. */
const defaultTimeoutMs = 600_000;

/**
 * Without a time limit of the caller's the SDK refuses a long answer that is not streamed: it expects 128,000 tokens to
 * take an hour. A limit of that length says that we want to wait.
 */
function completionTimeoutMs(clientTimeoutMs: number, maxTokens: number): number {
  const expectedMs = Math.ceil((3_600_000 * maxTokens) / 128_000);
  return clientTimeoutMs === defaultTimeoutMs ? Math.max(clientTimeoutMs, expectedMs) : clientTimeoutMs;
}
