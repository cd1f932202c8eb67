import type OpenAI from 'openai';
import { type Observable, type SchedulerLike, defer } from 'rxjs';
import type { StreamChunk } from '../../core/chunk.js';
import { StreamInterruptedError, ValidationError } from '../../core/errors.js';
import { textOf } from '../../core/message.js';
import type { Completion, Provider, ProviderRequest } from '../../core/provider.js';
import type { Secrets } from '../../core/redact.js';
import { StreamingResponse } from '../../core/response.js';
import { streamAnswer } from '../answer-stream.js';
import { sdkError } from '../http-error.js';
import { sseDecoder } from '../wire/sse.js';
import { createClient } from './client.js';
import { toCompletion } from './completion.js';
import type { OpenAIOptions } from './options.js';
import { type ChatDialect, chatDialect, chatRequest, providerName } from './request.js';
import { chatTranslator } from './translate.js';

/**
 * Answers of OpenAI, or of a compatible server, over the Chat Completions API.
 *
 * Unsubscribing aborts the request and closes the connection. Before the 2xx headers a stream errors with a typed
 * `ProviderError`; after them with a `StreamInterruptedError` that carries what came.
 *
 * @throws {ValidationError} no model, or no key.
 *
 * @example
 * const provider = openai('gpt-5-mini');
 * provider.stream$({ messages: [{ role: 'user', content: 'Hello' }] }).subscribe((chunk) => process.stdout.write(chunk.content));
 */
export function openai(model: string, options: OpenAIOptions = {}): Provider {
  if (model.trim() === '') throw new ValidationError("The model is empty. Name one: openai('gpt-5-mini').");
  return new OpenAIProvider(model, options);
}

class OpenAIProvider implements Provider {
  readonly name = providerName;
  readonly model: string;
  readonly #client: OpenAI;
  readonly #dialect: ChatDialect;
  readonly #scheduler: SchedulerLike | undefined;
  readonly #keys: Secrets['keys'];

  constructor(model: string, options: OpenAIOptions) {
    this.model = model;
    this.#client = options.client ?? createClient(options);
    this.#dialect = chatDialect(this.#client.baseURL, options.maxTokensField);
    this.#scheduler = options.scheduler;
    // Header values may be credentials; short ones are words.
    const values = Object.values(options.headers ?? {}).filter((value) => value.length >= 8);
    this.#keys = [this.#client.apiKey ?? undefined, options.apiKey, ...values];
  }

  supportsStreaming(): boolean {
    return true;
  }

  stream$(request: ProviderRequest): Observable<StreamChunk> {
    return defer(() => {
      const body = chatRequest(this.model, request, this.#dialect, true);
      return streamAnswer({
        provider: this.name,
        model: this.model,
        request,
        open: (signal) => this.#create(body, request, signal).asResponse(),
        toError: (error) => this.#toError(error, request),
        translator: chatTranslator,
        frames: (listener) => sseDecoder(listener),
        scheduler: this.#scheduler,
      });
    });
  }

  async complete(request: ProviderRequest, options: { readonly signal?: AbortSignal } = {}): Promise<Completion> {
    const { signal } = options;
    const body = chatRequest(this.model, request, this.#dialect, false);
    try {
      const answer: unknown = await this.#create(body, request, signal);
      return toCompletion(answer, { provider: this.name, model: this.model });
    } catch (error) {
      throw signal?.aborted === true ? this.#aborted(signal, request) : this.#toError(error, request);
    }
  }

  #create(body: object, request: ProviderRequest, signal: AbortSignal | undefined): ReturnType<OpenAI['chat']['completions']['create']> {
    // `extra` and compatible servers know fields and values that the SDK's type does not.
    return this.#client.chat.completions.create(body as OpenAI.ChatCompletionCreateParams, {
      ...(signal !== undefined && { signal }),
      ...(request.maxRetries !== undefined && { maxRetries: request.maxRetries }),
    });
  }

  #toError(error: unknown, request: ProviderRequest): Error {
    const prompts = request.messages.flatMap((message) => (message.role === 'tool' ? [] : [textOf(message.content)]));
    return sdkError(error, {
      provider: this.name,
      model: this.model,
      secrets: { keys: this.#keys ?? [], prompts },
      keyName: 'OPENAI_API_KEY',
    });
  }

  #aborted(signal: AbortSignal, request: ProviderRequest): StreamInterruptedError {
    const timedOut = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
    const partial = new StreamingResponse(request.streamId === undefined ? {} : { streamId: request.streamId }).end();
    const message = `${this.name}, model ${this.model}: the call ${timedOut ? 'took too long' : 'was aborted'}. Nothing came; ask again.`;
    return new StreamInterruptedError(message, {
      reason: timedOut ? 'timeout' : 'aborted',
      ...(timedOut && { phase: 'total' as const }),
      partial,
      cause: signal.reason,
    });
  }
}
