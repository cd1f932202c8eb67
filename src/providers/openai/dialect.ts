import { type IdRules, readableId } from '../history-calls.js';
import { fingerprint } from '../fingerprint.js';
import { serverName } from '../server-replay.js';

/** The name of this provider: in errors, and on its `replay` data. */
export const providerName = 'openai';

/** The body field for `maxTokens`. */
export type MaxTokensField = 'max_completion_tokens' | 'max_tokens';

/** For which server a request is written. */
export interface ChatDialect {
  readonly maxTokensField: MaxTokensField;
  /** Whether reasoning goes back: compatible servers want it, OpenAI's own API refuses fields it does not know. */
  readonly sendsReasoning: boolean;
  /** Which server it is: what another one wants back stays away from it. */
  readonly server: string;
  readonly ids: IdRules;
  /** Whether results of tools must be followed by an answer. */
  readonly wantsAnswerToResults: boolean;
}

/**
 * How the server at `baseURL` is spoken to. OpenAI's reasoning models refuse `max_tokens`, most compatible servers know
 * nothing else.
 */
export function chatDialect(baseURL: string, maxTokensField?: MaxTokensField): ChatDialect {
  const official = isOfficial(baseURL);
  const mistral = isMistral(baseURL);
  return {
    maxTokensField: maxTokensField ?? (official ? 'max_completion_tokens' : 'max_tokens'),
    sendsReasoning: !official,
    server: serverName(baseURL),
    ids: mistral ? mistralIds : official ? officialIds : compatibleIds,
    wantsAnswerToResults: mistral,
  };
}

const officialHosts = /(?:^|\.)(?:openai\.com|openai\.azure\.com)$/;
/** Azure's other hosts of OpenAI's API: Foundry and its predecessor. */
const sharedHosts = /\.(?:services\.ai|cognitiveservices)\.azure\.com$/;

/** The shared hosts serve other APIs and vendors too (`/models`, `/anthropic`): OpenAI's own is what is below `/openai`. */
function isOfficial(baseURL: string): boolean {
  if (!URL.canParse(baseURL)) return false;
  const { hostname, pathname } = new URL(baseURL);
  return officialHosts.test(hostname) || (sharedHosts.test(hostname) && pathname.split('/').includes('openai'));
}

function isMistral(baseURL: string): boolean {
  return URL.canParse(baseURL) && /(?:^|\.)mistral\.ai$/.test(new URL(baseURL).hostname);
}

/** OpenAI refuses longer ids ("maximum length 40"). */
const longestId = 40;
const officialIds: IdRules = { isAccepted: (id) => id !== '' && id.length <= longestId, rename: readableId(longestId) };

/**
 * Any of these servers may pass the request on to OpenAI, so its limit holds for all. But LiteLLM hides Gemini's thought
 * signature in the id, behind `__thought__`, and Gemini refuses a call without it.
 */
const compatibleIds: IdRules = { ...officialIds, isAccepted: (id) => officialIds.isAccepted(id) || id.includes('__thought__') };

/** Mistral refuses every id that is not its own ("must be a-z, A-Z, 0-9, with a length of 9"). */
const mistralIds: IdRules = {
  isAccepted: (id) => /^[a-zA-Z0-9]{9}$/.test(id),
  rename: (id, attempt) => fingerprint(attempt === 1 ? id : `${id} ${attempt}`),
};
