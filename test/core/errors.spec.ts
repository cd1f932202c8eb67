import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { chunkMetadata, textChunk } from '../../src/core/chunk.js';
import {
  AgentError,
  AuthenticationError,
  ConnectionError,
  ContextLengthError,
  InvalidRequestError,
  OverloadedError,
  ProtocolError,
  ProviderError,
  type ProviderErrorOptions,
  RateLimitError,
  StreamInterruptedError,
  ToolError,
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
    expect(Object.keys(error)).not.toContain('partial');
    expect(error.toJSON()).toStrictEqual({ name: 'StreamInterruptedError', message: 'cut', reason: 'disconnected', streamId: 'run_1', partialCharacters: 3 });
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

  it.each<[AgentError, readonly string[]]>([
    [new AgentError('x'), []],
    [new ToolError('x'), ['ToolError']],
    [new ProtocolError('x'), ['ProtocolError']],
    [new ValidationError('x'), ['ValidationError']],
    [new StreamInterruptedError('x', { reason: 'failed', partial: partialOf('') }), ['StreamInterruptedError']],
    [new AuthenticationError('x', { provider: 'test', model: 'm' }), ['AuthenticationError', 'ProviderError']],
    [new RateLimitError('x', { provider: 'test', model: 'm' }), ['RateLimitError', 'ProviderError']],
    [new OverloadedError('x', { provider: 'test', model: 'm' }), ['OverloadedError', 'ProviderError']],
    [new ConnectionError('x', { provider: 'test', model: 'm' }), ['ConnectionError', 'ProviderError']],
    [new ContextLengthError('x', { provider: 'test', model: 'm' }), ['ContextLengthError', 'InvalidRequestError', 'ProviderError']],
  ])('carry, out of sight, what another copy of the package reads: %s', (error, kinds) => {
    const kind = Symbol.for('agenticraft.error');
    expect(Reflect.get(error, kind)).toEqual([...kinds, 'AgentError']);
    expect(Object.prototype.propertyIsEnumerable.call(error, kind)).toBe(false);
  });

  it('keep the cause of an interruption by identity', () => {
    const cause = new Error('socket');
    expect(new StreamInterruptedError('cut', { reason: 'disconnected', partial: partialOf(''), cause }).cause).toBe(cause);
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

  it.each<[string, new (message: string, options: ProviderErrorOptions) => ProviderError]>([
    ['AuthenticationError', AuthenticationError],
    ['RateLimitError', RateLimitError],
    ['OverloadedError', OverloadedError],
    ['InvalidRequestError', InvalidRequestError],
    ['ContextLengthError', ContextLengthError],
    ['ConnectionError', ConnectionError],
  ])('name a refusal: %s', (name, type) => {
    const error = new type('refused', { provider: 'test', model: 'model-1' });
    expect([error.name, isProviderError(error), isAgentError(error), isStreamInterrupted(error)]).toEqual([name, true, true, false]);
  });

  it.each<[string, AgentError]>([
    ['ToolError', new ToolError('x')],
    ['ProtocolError', new ProtocolError('x')],
    ['ValidationError', new ValidationError('x')],
    ['AgentError', new AgentError('x')],
  ])('name what is no refusal: %s', (name, error) => {
    expect([error.name, isAgentError(error), isProviderError(error), isValidationError(error)]).toEqual([name, true, false, name === 'ValidationError']);
  });

  it('say in JSON what is known of a refusal, and have no field for what is not', () => {
    const bare = new ProviderError('refused', { provider: 'openai', model: 'gpt' });
    expect(bare.toJSON()).toStrictEqual({ name: 'ProviderError', message: 'refused', provider: 'openai', model: 'gpt', retryable: false });
    expect(['status', 'code', 'retryAfterMs', 'cause'].filter((key) => key in bare)).toEqual([]);
    const cause = new TypeError('the prompt was: tell nobody');
    const whole = { provider: 'openai', model: 'gpt', status: 429, code: 'slow_down', retryable: true, retryAfterMs: 0 };
    expect(new ProviderError('refused', { ...whole, cause }).toJSON()).toStrictEqual({ name: 'ProviderError', message: 'refused', ...whole, cause: 'TypeError' });
    expect(new ProviderError('refused', { ...whole, cause: 'tell nobody' }).toJSON()).toMatchObject({ cause: 'string' });
  });

  it('say in JSON the phase of a time limit, and no cause where there is none', () => {
    const error = new StreamInterruptedError('late', { reason: 'timeout', phase: 'each', partial: partialOf('Hel'), cause: undefined });
    expect(error.toJSON()).toStrictEqual({ name: 'StreamInterruptedError', message: 'late', reason: 'timeout', phase: 'each', streamId: 'run_1', partialCharacters: 3 });
    expect('cause' in error).toBe(false);
    expect('phase' in new StreamInterruptedError('cut', { reason: 'disconnected', partial: partialOf('') })).toBe(false);
  });

  it.each<[string, unknown, string]>([
    ['an error', new RangeError(`${secret} is odd`), 'RangeError: [key] is odd'],
    ['a text', `odd: ${secret}`, 'odd: [key]'],
    ['anything else', { secret }, 'object'],
  ])('say of a cause what it was, without keys: %s', (_title, cause, said) => {
    const error = new ToolError('broken', { cause });
    expect(error.toJSON()).toStrictEqual({ name: 'ToolError', message: 'broken', cause: said });
    expect(inspect(error)).toBe(`${error.stack ?? ''} {\n  [cause]: ${said}\n}`);
  });

  it('show their stack, and behind it the fields that say what happened', () => {
    const plain = new ToolError('broken');
    expect(inspect(plain)).toBe(plain.stack);
    const refused = new ProviderError('refused', { provider: 'openai', model: 'gpt', status: 401, cause: sdkLikeError() });
    expect(inspect(refused)).toBe(
      `${refused.stack ?? ''} {\n  provider: "openai",\n  model: "gpt",\n  status: 401,\n  retryable: false,\n  [cause]: Error\n}`,
    );
    Object.defineProperty(plain, 'stack', { value: undefined });
    expect(inspect(plain)).toBe('ToolError: broken');
  });

  it('carry what came of an answer that does not fit, out of sight', () => {
    const error = new ValidationError('misfit', { partial: { a: 1 } });
    expect(error.partial).toEqual({ a: 1 });
    expect(Object.keys(error)).not.toContain('partial');
    expect(new ValidationError('misfit', { partial: undefined })).toHaveProperty('partial', undefined);
    expect('partial' in new ValidationError('misfit', { cause: secret })).toBe(false);
    expect('partial' in new ValidationError('misfit')).toBe(false);
  });
});
