import type OpenAI from 'openai';
import type { SchedulerLike } from 'rxjs';
import type { SdkOptions } from '../sdk-options.js';
import type { MaxTokensField } from './dialect.js';

/** How to reach the server. */
export interface OpenAIOptions extends SdkOptions {
  /** Address of a compatible server, up to and without `/chat/completions`. Default: `OPENAI_BASE_URL`, else OpenAI. */
  readonly baseURL?: string;
  /** Default: `OPENAI_API_KEY`. May be left out with `baseURL`: a local server needs none. */
  readonly apiKey?: string;
  /** Your own instance of the SDK; `baseURL`, `apiKey`, `headers`, `fetch`, `maxRetries` and `timeoutMs` are then its own. */
  readonly client?: OpenAI;
  /** The body field for `maxTokens`. Default: `max_completion_tokens` for OpenAI and Azure, `max_tokens` for other servers. */
  readonly maxTokensField?: MaxTokensField;
  /** The clock of the wait for a silent server's end. Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}
