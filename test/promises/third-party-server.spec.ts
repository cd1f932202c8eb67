import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { LLMock } from '@copilotkit/aimock';
import { z } from 'zod';
import { verifyStream } from '../../operators/index.js';
import { Agent, type Provider, collectStream, isStreamInterrupted, tool } from '../../src/index.js';
import { anthropic } from '../../src/providers/anthropic/index.js';
import { openai } from '../../src/providers/openai/index.js';

// A second opinion: a server that others wrote speaks both wire formats.

const mock = new LLMock({ port: 0 });
const weather = tool({
  name: 'weather',
  description: 'The weather at a place.',
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => ({ sky: 'clear', city }),
});

beforeAll(() => mock.start());
afterAll(() => mock.stop());
beforeEach(() => {
  mock.clearFixtures();
  mock.resetMatchCounts();
});

const providers: readonly [string, () => Provider][] = [
  ['openai', () => openai('gpt-5-mini', { baseURL: `${mock.url}/v1`, apiKey: 'mock', maxRetries: 0 })],
  ['anthropic', () => anthropic('claude-sonnet-5-5', { baseURL: mock.url, apiKey: 'mock', maxRetries: 0 })],
];

function failure(provider: Provider): Promise<unknown> {
  return new Agent({ provider }).run('hello').catch((error: unknown) => error);
}

describe.each(providers)('aimock and %s', (name, make) => {
  it('text', async () => {
    mock.onMessage('hello', { content: 'Hi there, how are you?' });
    const response = await collectStream(new Agent({ provider: make() }).stream$('hello').pipe(verifyStream()));
    expect(response.completeText).toBe('Hi there, how are you?');
    expect(response.finishReason).toBe('stop');
    // Its Messages dialect reports 0 tokens.
    expect(response.usage?.outputTokens).toBeGreaterThanOrEqual(0);
  });

  it('tools', async () => {
    mock.on({ userMessage: 'weather', hasToolResult: false }, { toolCalls: [{ name: 'weather', arguments: '{"city":"Oslo"}' }] });
    mock.on({ userMessage: 'weather', hasToolResult: true }, { content: 'Clear in Oslo.' });
    const response = await new Agent({ provider: make(), tools: [weather] }).run('weather in Oslo?');
    expect(response.toolCalls).toMatchObject([{ toolName: 'weather', input: { city: 'Oslo' }, output: { sky: 'clear', city: 'Oslo' } }]);
    expect(response.content).toBe('Clear in Oslo.');
  });

  it.each([
    [429, 'RateLimitError', true],
    [500, 'ProviderError', true],
  ])('%i', async (status, errorName, retryable) => {
    mock.onMessage('hello', { content: 'never' });
    mock.nextRequestError(status, { message: 'not now', type: 'some_error' });
    expect(await failure(make())).toMatchObject({ name: errorName, status, retryable, provider: name });
  });

  it('a disconnect in the middle of the answer', async () => {
    mock.onMessage('hello', { content: 'one two three four five six seven eight' }, { chunkSize: 4, truncateAfterChunks: 4, latency: 1 });
    const error = await failure(make());
    expect(isStreamInterrupted(error) && error.reason).toMatch(/^(?:disconnected|truncated)$/);
    expect(isStreamInterrupted(error) && 'one two three four five six seven eight'.startsWith(error.partialResponse)).toBe(true);
  });
});
