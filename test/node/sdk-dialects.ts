import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

type ErrorClass =
  | 'APIError'
  | 'APIConnectionError'
  | 'APIConnectionTimeoutError'
  | 'APIUserAbortError'
  | 'AuthenticationError'
  | 'BadRequestError'
  | 'InternalServerError'
  | 'NotFoundError'
  | 'PermissionDeniedError'
  | 'RateLimitError';

/** How one SDK is asked for a stream, and what its server says; the same cases run over each. */
export interface Dialect {
  readonly name: string;
  /** The SDK's classes of errors. */
  readonly errors: Readonly<Record<ErrorClass, new (...parameters: never[]) => Error>>;
  /** A whole answer of one word, `Hello`. */
  readonly body: string;
  /** Sends the request and gives the response as it is. */
  ask(options: AskOptions): Promise<Response>;
  /** Reads the stream with the SDK's own iterator and gives the text. */
  read(options: AskOptions): Promise<string>;
  /** A call that does not stream. */
  complete(options: AskOptions): Promise<string>;
}

export interface AskOptions {
  readonly baseURL: string;
  readonly fetch: typeof fetch;
  readonly signal?: AbortSignal;
  readonly maxRetries?: number;
  readonly timeout?: number;
}

const messages = [{ role: 'user' as const, content: 'Hi' }];

function openaiClient({ baseURL, fetch, maxRetries = 0, timeout = 60_000 }: AskOptions): OpenAI {
  return new OpenAI({ apiKey: 'test-key', baseURL, fetch, maxRetries, timeout });
}

function openaiStream(options: AskOptions) {
  const body = { model: 'test-model', messages, stream: true as const };
  return openaiClient(options).chat.completions.create(body, { signal: options.signal ?? null });
}

const openaiDialect: Dialect = {
  name: 'openai',
  errors: OpenAI,
  body:
    'data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n' +
    'data: {"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}\n\n' +
    'data: [DONE]\n\n',
  ask: (options) => openaiStream(options).asResponse(),
  read: async (options) => {
    let text = '';
    for await (const event of await openaiStream(options)) text += event.choices[0]?.delta.content ?? '';
    return text;
  },
  complete: async (options) => {
    const answer = await openaiClient(options).chat.completions.create({ model: 'test-model', messages });
    return answer.choices[0]?.message.content ?? '';
  },
};

function anthropicClient({ baseURL, fetch, maxRetries = 0, timeout = 60_000 }: AskOptions): Anthropic {
  return new Anthropic({ apiKey: 'test-key', baseURL, fetch, maxRetries, timeout });
}

function anthropicStream(options: AskOptions) {
  const body = { model: 'test-model', max_tokens: 100, messages, stream: true as const };
  return anthropicClient(options).messages.create(body, { signal: options.signal ?? null });
}

const anthropicEvents = [
  { type: 'message_start', message: { id: 'm', role: 'assistant', content: [], usage: { input_tokens: 1, output_tokens: 0 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
  { type: 'message_stop' },
];

const anthropicDialect: Dialect = {
  name: 'anthropic',
  errors: Anthropic,
  body: anthropicEvents.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
  ask: (options) => anthropicStream(options).asResponse(),
  read: async (options) => {
    let text = '';
    for await (const event of await anthropicStream(options)) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    }
    return text;
  },
  complete: async (options) => {
    const answer = await anthropicClient(options).messages.create({ model: 'test-model', max_tokens: 100, messages });
    const block = answer.content[0];
    return block?.type === 'text' ? block.text : '';
  },
};

export const dialects: readonly Dialect[] = [openaiDialect, anthropicDialect];
