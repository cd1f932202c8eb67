/** Shapes of keys and credentials that must never reach a message, whoever put them there. */
const credentialPatterns: readonly RegExp[] = [
  /\b(?:sk|pk|rk|gsk|xai|key|pplx|hf|AIza)[-_][\w-]{8,}/g,
  /\bbearer\s+[\w.~+/=-]{6,}/gi,
  /\b(authorization|x-api-key|api[-_ ]?key)("?\s*[:=]\s*"?)[^\s",;}]{6,}/gi,
];

/** Shorter prompts than this are left alone: they would blank out every second word. */
const shortestPrompt = 4;
/** `http://user:password@host`. */
const userInfoPattern = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;
const longestMessage = 500;

/** What a message from outside must not repeat. */
export interface Secrets {
  readonly keys?: readonly (string | undefined)[];
  readonly prompts?: Iterable<string>;
}

/**
 * Makes a message that came from a server or an SDK fit to be shown: keys and prompts are blanked out, and it is cut to
 * 500 characters.
 */
export function redactMessage(message: string, secrets: Secrets = {}): string {
  let safe = message;
  for (const key of secrets.keys ?? []) {
    if (key !== undefined && key.length >= 4) safe = safe.replaceAll(key, '[key]');
  }
  for (const prompt of secrets.prompts ?? []) {
    if (prompt.length < shortestPrompt) continue;
    // Servers echo it as it is, or as it stood in the request's JSON.
    safe = safe.replaceAll(prompt, '[prompt]').replaceAll(JSON.stringify(prompt).slice(1, -1), '[prompt]');
  }
  safe = safe.replace(userInfoPattern, '$1');
  for (const pattern of credentialPatterns) safe = safe.replace(pattern, '[key]');
  return safe.length > longestMessage ? `${safe.slice(0, longestMessage)}…` : safe;
}
