import {
  AuthenticationError,
  type InterruptionReason,
  type Provider,
  ProviderError,
  type ProviderRequest,
  RateLimitError,
  type StreamChunk,
  StreamInterruptedError,
  StreamingResponse,
  fromStream,
} from '../../src/index.js';
import type { Dialect } from '../../src/testing/index.js';

/** The answers of a made-up server: a JSON object a line. */
export const linesDialect: Dialect = {
  framing: 'ndjson',
  start: () => [],
  text: (text) => ({ data: { text } }),
  end: (usage) => [{ data: { done: 'stop', usage } }],
  toolCall: ({ toolCallId, toolName, fragments }, usage) => [
    { data: { call: { id: toolCallId, name: toolName, input: fragments.join('') } } },
    { data: { done: 'tool-calls', usage } },
  ],
  error: (message) => ({ data: { error: message } }),
  httpError: (_status, message) => ({ error: message }),
};

interface Line {
  readonly text?: string;
  readonly call?: { readonly id: string; readonly name: string; readonly input: string };
  readonly done?: 'stop' | 'tool-calls';
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
  readonly error?: string;
}

const name = 'lines';
const model = 'lines-1';

/** A provider for that server as a user of the package would write it: by `fromStream` and the exported errors alone. */
export function linesProvider(baseURL: string, apiKey: string): Provider {
  return fromStream(name, (request, { signal }) => answer(baseURL, apiKey, request, signal), { model });
}

async function* answer(baseURL: string, apiKey: string, request: ProviderRequest, signal: AbortSignal): AsyncGenerator<StreamChunk> {
  const body = JSON.stringify({ messages: request.messages });
  const response = await fetch(baseURL, { method: 'POST', signal, body, headers: { authorization: `Bearer ${apiKey}` } });
  if (!response.ok) throw httpFailure(response);
  const streamId = request.streamId ?? name;
  const partial = new StreamingResponse({ streamId });
  for await (const line of linesOf(response, partial)) {
    const chunk = chunkOf(line, streamId, partial);
    partial.addChunk(chunk);
    yield chunk;
    if (chunk.type === 'finish') return;
  }
  throw interrupted('truncated', partial);
}

function httpFailure({ status, headers }: Response): ProviderError {
  const retryAfter = headers.get('retry-after');
  const retryAfterMs = retryAfter === null ? undefined : Number(retryAfter) * 1_000;
  const options = { provider: name, model, status, retryable: status === 429 || status >= 500, retryAfterMs };
  const message = `${name}, model ${model}: HTTP ${status}.`;
  if (status === 401) return new AuthenticationError(message, options);
  return status === 429 ? new RateLimitError(message, options) : new ProviderError(message, options);
}

function interrupted(reason: InterruptionReason, partial: StreamingResponse, cause?: unknown): StreamInterruptedError {
  return new StreamInterruptedError(`${name}, model ${model}: the answer broke off (${reason}).`, { reason, partial: partial.end(), cause });
}

async function* linesOf({ body }: Response, partial: StreamingResponse): AsyncGenerator<Line> {
  let rest = '';
  for await (const text of textOf(body, partial)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield parse(line, partial);
  }
}

async function* textOf(body: Response['body'], partial: StreamingResponse): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    if (body !== null) for await (const bytes of body) yield decoder.decode(bytes, { stream: true });
  } catch (error) {
    throw interrupted('disconnected', partial, error);
  }
}

function parse(line: string, partial: StreamingResponse): Line {
  try {
    return JSON.parse(line) as Line; // what the server's documentation says
  } catch (error) {
    throw interrupted('malformed', partial, error);
  }
}

function chunkOf({ text = '', call, done, usage, error }: Line, streamId: string, partial: StreamingResponse): StreamChunk {
  const common = { timestamp: Date.now(), metadata: { streamId } };
  if (error !== undefined) throw interrupted('provider', partial, new ProviderError(error, { provider: name, model }));
  if (done !== undefined) {
    const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
    const counts = { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
    return { type: 'finish', content: '', isFinal: true, finishReason: done, usage: counts, ...common };
  }
  if (call !== undefined) {
    const input: unknown = JSON.parse(call.input);
    return { type: 'tool-call', content: '', isFinal: false, toolCallId: call.id, toolName: call.name, input, ...common };
  }
  return { type: 'text', content: text, isFinal: false, ...common };
}
