import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { chunkMetadata, textChunk } from '../../src/core/chunk.js';
import {
  AgentError,
  ContextLengthError,
  InvalidRequestError,
  ProviderError,
  StreamInterruptedError,
  ValidationError,
  isAgentError,
  isProviderError,
  isStreamInterrupted,
  isValidationError,
} from '../../src/core/errors.js';
import { StreamingResponse } from '../../src/core/response.js';

const secret = 'sk-very-secret-0123456789';

function partialOf(text: string): StreamingResponse {
  const partial = new StreamingResponse({ streamId: 'run_1' });
  partial.addChunk(textChunk(text, chunkMetadata('run_1'), 0));
  return partial.end();
}

/** What an SDK throws: it holds headers and a body. */
function sdkLikeError(): Error {
  const error = new Error(`401 Incorrect API key provided: ${secret}`);
  return Object.assign(error, { status: 401, headers: { authorization: `Bearer ${secret}` }, body: { prompt: 'tell nobody' } });
}

describe('errors', () => {
  it('set name, keep cause by identity and are instances of what they extend', () => {
    const cause = new Error('x');
    const error = new ContextLengthError('too long', { provider: 'openai', model: 'gpt', cause });
    expect(error.name).toBe('ContextLengthError');
    expect(error.cause).toBe(cause);
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toBeInstanceOf(AgentError);
    expect(String(error)).toBe('ContextLengthError: too long');
  });

  it('carry the partial answer of an interruption', () => {
    const error = new StreamInterruptedError('cut', { reason: 'disconnected', partial: partialOf('Hel') });
    expect([error.reason, error.partialResponse, error.streamId]).toEqual(['disconnected', 'Hel', 'run_1']);
    expect(error.toJSON()).toEqual({ name: 'StreamInterruptedError', message: 'cut', reason: 'disconnected', streamId: 'run_1', partialCharacters: 3 });
  });

  it.each([
    ['message', (error: Error) => error.message],
    ['toString', (error: Error) => String(error)],
    ['JSON', (error: Error) => JSON.stringify(error)],
    ['inspect', (error: Error) => inspect(error, { depth: 10, showHidden: false })],
  ])('show no key, header or answer in %s', (_, show) => {
    const cause = sdkLikeError();
    const shown = [
      show(new ProviderError('refused', { provider: 'openai', model: 'gpt', status: 401, cause })),
      show(new StreamInterruptedError('cut', { reason: 'provider', partial: partialOf('my diary'), cause })),
    ].join('\n');
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain('tell nobody');
    expect(shown).not.toContain('my diary');
    expect(shown).toContain('refused');
  });

  it('say their kind to guards, also across copies of the package', () => {
    // What an error of another copy looks like: not an instance of ours, with the registered symbol.
    const foreign = Object.assign(new Error('x'), { [Symbol.for('agenticraft.error')]: ['StreamInterruptedError', 'AgentError'] });
    expect(isStreamInterrupted(foreign)).toBe(true);
    expect(isAgentError(foreign)).toBe(true);
    expect(isProviderError(foreign)).toBe(false);
    expect(isValidationError(new ValidationError('x'))).toBe(true);
    for (const other of [undefined, null, 'x', {}, new Error('StreamInterruptedError')]) expect(isAgentError(other)).toBe(false);
  });
});
