import type OpenAI from 'openai';
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
import { type ChatDialect, chatDialect, providerName } from './dialect.js';
import type { OpenAIOptions } from './options.js';
import { chatRequest } from './request.js';
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
  readonly #who: SdkIdentity;

  constructor(model: string, options: OpenAIOptions) {
    this.model = model;
    this.#client = options.client ?? createClient(options);
    this.#dialect = chatDialect(this.#client.baseURL, options.maxTokensField);
    this.#scheduler = options.scheduler;
    this.#who = { provider: this.name, model, keyName: 'OPENAI_API_KEY', keys: () => secretsOf(this.#client, options) };
  }

  supportsStreaming(): boolean {
    return true;
  }

  stream$(request: ProviderRequest): Observable<StreamChunk> {
    return defer(() => {
      const body = chatRequest(this.model, request, this.#dialect, true);
      return streamAnswer({
        request,
        open: (signal) => this.#create(body, request, signal).asResponse(),
        toError: (error) => callError(error, this.#who, request),
        errors: errorContext(this.#who, request),
        translator: (context) => chatTranslator(context, this.#dialect.server),
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
      return toCompletion(answer, { provider: this.name, model: this.model, server: this.#dialect.server });
    } catch (error) {
      throw callError(error, this.#who, request, signal);
    }
  }

  #create(body: object, request: ProviderRequest, signal: AbortSignal | undefined): ReturnType<OpenAI['chat']['completions']['create']> {
    // `extra` and compatible servers know fields and values that the SDK's type does not.
    return this.#client.chat.completions.create(body as OpenAI.ChatCompletionCreateParams, {
      ...(signal !== undefined && { signal }),
      ...(request.maxRetries !== undefined && { maxRetries: request.maxRetries }),
    });
  }
}

/** The client keeps what its function for the key gave last, also a token of Azure's. */
function secretsOf(client: OpenAI, { apiKey, headers = {} }: OpenAIOptions): readonly (string | null | undefined)[] {
  return [client.apiKey, client.adminAPIKey, apiKey, ...headerSecrets([...Object.values(headers), ...defaultHeaderValues(client)])];
}
