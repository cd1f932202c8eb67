import type Anthropic from '@anthropic-ai/sdk';

/** How to reach the server. */
export interface AnthropicOptions {
  /** Address of a compatible server, up to and without `/v1/messages`. Default: `ANTHROPIC_BASE_URL`, else Anthropic. */
  readonly baseURL?: string;
  /** Default: `ANTHROPIC_API_KEY`. May be left out with `baseURL`: a local server needs none. */
  readonly apiKey?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Your own instance of the SDK; `baseURL`, `apiKey`, `headers`, `fetch`, `maxRetries` and `timeoutMs` are then its own. */
  readonly client?: Anthropic;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** How often the SDK repeats a request that failed before its first byte. Default: the SDK's, 2. */
  readonly maxRetries?: number;
  /** How long the SDK waits for the response headers, in milliseconds. Default: the SDK's, 10 minutes. */
  readonly timeoutMs?: number;
}
