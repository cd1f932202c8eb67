import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI, { AzureOpenAI } from 'openai';
import { lastValueFrom } from 'rxjs';
import type { Provider, ProviderRequest } from '../../src/core/provider.js';
import { anthropic } from '../../src/providers/anthropic/index.js';
import { openai } from '../../src/providers/openai/index.js';

// Not in the shape of any known key: nothing but knowing it can keep it out of a message.
const secret = 'dyn0123456789abcdef';
const baseURL = 'https://llm.example/v1';
const request: ProviderRequest = { messages: [{ role: 'user', content: 'Hi there' }], maxRetries: 0 };

/** A careless server: it says back what it was sent, a scheme's credentials also by themselves. */
const echo: typeof globalThis.fetch = (_, init) => {
  const values = [...new Headers(init?.headers).values()].flatMap((value) => [value, value.split(' ').at(-1)]);
  const message = `No luck with ${values.filter((value) => value?.includes(secret)).join(' and ')}`;
  return Promise.resolve(Response.json({ error: { message, type: 'some_error' } }, { status: 401 }));
};

async function failuresOf(provider: Provider): Promise<readonly unknown[]> {
  const promises = [lastValueFrom(provider.stream$(request)), provider.complete(request)];
  return Promise.all(promises.map((promise) => promise.then(() => undefined, (error: unknown) => error)));
}

const openaiClient = (options: ConstructorParameters<typeof OpenAI>[0]): Provider => openai('m', { client: new OpenAI({ baseURL, fetch: echo, apiKey: 'another-key', ...options }) });
const anthropicClient = (options: ConstructorParameters<typeof Anthropic>[0]): Provider => anthropic('m', { client: new Anthropic({ baseURL, fetch: echo, ...options }) });
const azure = { baseURL, apiVersion: '2026-01-01', fetch: echo };

describe('an error does not show', () => {
  it.each<[string, () => Provider]>([
    ['the key that a function gave to OpenAI’s client', () => openaiClient({ apiKey: () => Promise.resolve(secret) })],
    ['the token of Azure', () => openai('m', { client: new AzureOpenAI({ ...azure, azureADTokenProvider: () => Promise.resolve(secret) }) })],
    ['the key of Azure', () => openai('m', { client: new AzureOpenAI({ ...azure, apiKey: secret }) })],
    ['a header of OpenAI’s client', () => openaiClient({ defaultHeaders: { 'x-team-key': secret } })],
    ['a header of OpenAI’s client with a scheme', () => openaiClient({ defaultHeaders: { authorization: `Bearer ${secret}` } })],
    ['one value of several', () => openaiClient({ defaultHeaders: { 'x-team-key': ['another value', secret] } })],
    ['a header given as a pair', () => openaiClient({ defaultHeaders: [['x-team-key', secret]] })],
    ['a header given as Headers', () => openaiClient({ defaultHeaders: new Headers({ 'x-team-key': secret }) })],
    ['the headers option', () => openai('m', { baseURL, fetch: echo, headers: { 'x-team-key': `Token ${secret}` } })],
    ['the key that a function gave to Anthropic’s client', () => anthropicClient({ apiKey: () => Promise.resolve(secret) })],
    ['the token of Anthropic’s credentials', () => anthropicClient({ credentials: () => Promise.resolve({ token: secret, expiresAt: null }) })],
    ['the token of Anthropic’s client', () => anthropicClient({ authToken: secret })],
    ['a header of Anthropic’s client', () => anthropicClient({ apiKey: 'another-key', defaultHeaders: { 'x-team-key': secret } })],
  ])('%s', async (_, create) => {
    for (const error of await failuresOf(create())) {
      expect(error).toMatchObject({ name: 'AuthenticationError', status: 401 });
      const shown = `${String(error)} ${JSON.stringify(error)} ${inspect(error, { depth: 9 })}`;
      expect(shown).toContain('No luck with');
      expect(shown).toContain('[key]');
      expect(shown).not.toContain(secret);
    }
  });

  it.each<[string, (apiKey: () => Promise<string>) => Provider]>([
    ['OpenAI', (apiKey) => openaiClient({ apiKey })],
    ['Anthropic', (apiKey) => anthropicClient({ apiKey })],
  ])('a key of %s that changes with each request', async (_, create) => {
    let count = 0;
    const provider = create(() => Promise.resolve(`${secret}-${++count}`));
    for (let call = 0; call < 3; call++) {
      const error: unknown = await provider.complete(request).catch((reason: unknown) => reason);
      expect(String(error)).toContain('No luck with');
      expect(String(error)).not.toMatch(/dyn0|-\d\b/);
    }
    expect(count).toBe(3);
  });
});

describe('a prompt in parts', () => {
  const parts = [{ type: 'text', text: 'My doctor said' }, { type: 'image', url: 'https://i.example/1.png' }, { type: 'text', text: 'My doctor said it is serious' }] as const;
  const says: typeof globalThis.fetch = (_, init) => {
    const message = `Cannot read ${typeof init?.body === 'string' ? init.body : ''} or My doctor saidMy doctor said it is serious`;
    return Promise.resolve(Response.json({ error: { message } }, { status: 400 }));
  };

  it.each<[string, Provider]>([
    ['OpenAI', openai('m', { baseURL, fetch: says })],
    ['Anthropic', anthropic('m', { baseURL, fetch: says })],
  ])('does not show in an error of %s, neither its parts nor their sum', async (_, provider) => {
    const error: unknown = await provider.complete({ messages: [{ role: 'user', content: parts }] }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'InvalidRequestError', status: 400 });
    expect(String(error)).toContain('Cannot read');
    expect(String(error)).not.toMatch(/doctor|serious/);
  });
});
