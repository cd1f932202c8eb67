import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ValidationError } from '../../src/core/errors.js';
import { anthropic } from '../../src/providers/anthropic/index.js';
import { openai } from '../../src/providers/openai/index.js';

const factories = [
  { factory: 'openai', variable: 'OPENAI_BASE_URL', make: openai },
  { factory: 'anthropic', variable: 'ANTHROPIC_BASE_URL', make: anthropic },
];
const addresses = ['http://ann:hidden-word@127.0.0.1:1/v1', 'https://hidden-word@host.example', 'https://:hidden-word@host.example'];

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(factories)('$factory with credentials in its address', ({ variable, make }) => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it.each(addresses)('refuses %s without repeating it', (baseURL) => {
    const error = thrownBy(() => make('m', { baseURL, apiKey: 'test-key' }));
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ message: expect.stringMatching(/baseURL.*headers.*apiKey/) });
    expect(String(error)).not.toContain('hidden-word');
  });

  it('refuses them in the environment variable too, and names it', () => {
    jest.replaceProperty(process, 'env', { ...process.env, [variable]: addresses[0] });
    const error = thrownBy(() => make('m', { apiKey: 'test-key' }));
    expect(error).toBeInstanceOf(ValidationError);
    expect(String(error)).toContain(variable);
    expect(String(error)).not.toContain('hidden-word');
  });

  it('takes an address with an @ in its path', () => {
    expect(thrownBy(() => make('m', { baseURL: 'http://127.0.0.1:1/@team', apiKey: 'test-key' }))).toBeUndefined();
  });
});
