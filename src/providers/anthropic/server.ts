import { serverName } from '../server-replay.js';

/** Anthropic's API, and the clouds that serve its models: Bedrock, Vertex AI, Foundry. */
const anthropicHosts: readonly RegExp[] = [
  /(?:^|\.)anthropic\.com$/,
  /^bedrock[a-z-]*\.[a-z0-9-]+\.(?:amazonaws\.com|api\.aws)$/,
  /(?:^|-)aiplatform\.(?:[a-z]+\.rep\.)?googleapis\.com$/,
  /\.services\.ai\.azure\.com$/,
];

/**
 * A name for the server at `baseURL`, for its replays. Signatures of thinking are good on all of Anthropic's platforms
 * (guide "Extended thinking"), where a conversation may change between them in the middle of a tool round. What any other
 * server signed they refuse ("Invalid `signature` in `thinking` block"), and with it the whole conversation.
 */
export function messagesServer(baseURL: string): string {
  const host = URL.canParse(baseURL) ? new URL(baseURL).hostname : '';
  return anthropicHosts.some((pattern) => pattern.test(host)) ? 'anthropic' : serverName(baseURL);
}
