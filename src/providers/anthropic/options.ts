import type Anthropic from '@anthropic-ai/sdk';
import type { SchedulerLike } from 'rxjs';
import type { SdkOptions } from '../sdk-options.js';

/** How to reach the server. */
export interface AnthropicOptions extends SdkOptions {
  /** Address of a compatible server, up to and without `/v1/messages`. Default: `ANTHROPIC_BASE_URL`, else Anthropic. */
  readonly baseURL?: string;
  /** Default: `ANTHROPIC_API_KEY`. May be left out with `baseURL`: a local server needs none. */
  readonly apiKey?: string;
  /** Your own instance of the SDK; `baseURL`, `apiKey`, `headers`, `fetch`, `maxRetries` and `timeoutMs` are then its own. */
  readonly client?: Anthropic;
  /** The clock of the wait for a silent server's end. Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}
