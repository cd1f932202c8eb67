import { type InterruptionReason, isProviderError, type ProviderError } from '../../core/errors.js';
import { broken } from './dialect.js';
import { describeValue, expectEqual, violation } from './expect.js';
import { inspect } from './node.js';
import { expectInterrupted } from './receive.js';
import { answer, apiKey, type ConformanceCheck, prompt, type Trial } from './trial.js';

/** Answers that do not come whole, and requests that get none. */
export const endingCases: Readonly<Record<string, ConformanceCheck>> = {
  'a cut connection': (trial) => expectEarlyEnd(trial, 'cut', 'disconnected'),

  'a clean end before the answer is whole': (trial) => expectEarlyEnd(trial, 'end', 'truncated'),

  'an event that is not JSON': async (trial) => {
    const body = trial.opening() + trial.frame([broken(trial.dialect.text(' and on'))]) + trial.ending();
    expectInterrupted(await trial.receive(trial.body(body)), 'malformed', answer);
  },

  'an error event': async (trial) => {
    const body = trial.opening() + trial.frame([trial.dialect.error('The server had an error.')]);
    const { cause } = expectInterrupted(await trial.receive(trial.body(body)), 'provider', answer);
    if (!isProviderError(cause)) throw violation(`the cause is ${describeValue(cause)}; a ProviderError was expected`, cause);
  },

  // Servers repeat the key and the prompt in what they say.
  'HTTP 401': async (trial) => {
    const error = await failWith(trial, 401, `Incorrect API key provided: ${apiKey}`);
    expectEqual('the error', error.name, 'AuthenticationError');
  },

  'HTTP 429': async (trial) => {
    const error = await failWith(trial, 429, 'Too many requests', { 'retry-after': '7' });
    expectEqual('the error', error.name, 'RateLimitError');
    expectEqual('retryable', error.retryable, true);
    expectEqual('retryAfterMs', error.retryAfterMs, 7_000);
  },

  'HTTP 500': async (trial) => {
    const error = await failWith(trial, 500, `Could not answer: ${prompt}`);
    expectEqual('retryable', error.retryable, true);
  },
};

/** Ends the body before its first event, between two events, and inside one. */
async function expectEarlyEnd(trial: Trial, end: 'cut' | 'end', reason: InterruptionReason): Promise<void> {
  const next = trial.frame([trial.dialect.text(' and on')]);
  const half = next.slice(0, Math.floor(next.length / 2));
  expectInterrupted(await trial.receive(trial.body('', end)), reason, '');
  expectInterrupted(await trial.receive(trial.body(trial.opening(), end)), reason, answer);
  expectInterrupted(await trial.receive(trial.body(trial.opening() + half, end)), reason, answer);
}

/** One request that the server refuses: one typed error, without the key and the prompt. */
async function failWith(
  trial: Trial,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<ProviderError> {
  const received = await trial.receive(trial.json(status, trial.dialect.httpError(status, message), headers));
  const { chunks, error } = received;
  if (!isProviderError(error)) {
    const ending = 'error' in received ? `failed with ${describeValue(error)}` : 'completed';
    throw violation(`the stream ${ending}; a ProviderError was expected`, error);
  }
  expectEqual('the number of chunks before the error', chunks.length, 0);
  expectEqual('the number of requests', trial.server.exchanges.length, 1);
  expectEqual('status', error.status, status);
  expectEqual('provider and model', [error.provider, error.model], [trial.provider.name, trial.provider.model]);
  expectNoSecrets({ message: String(error), 'JSON.stringify': JSON.stringify(error), 'util.inspect': inspect(error) ?? '' });
  return error;
}

/** Wherever an error may be printed. */
function expectNoSecrets(shown: Readonly<Record<string, string>>): void {
  for (const [where, text] of Object.entries(shown)) {
    if (text.includes(apiKey)) throw violation(`the error shows the key (${where})`);
    if (text.includes(prompt)) throw violation(`the error shows the prompt (${where})`);
  }
}
