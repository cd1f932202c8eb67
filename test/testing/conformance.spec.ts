import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Provider } from '../../src/core/provider.js';
import { nodeTransport } from '../../src/node/index.js';
import { anthropic } from '../../src/providers/anthropic/index.js';
import { fromStream } from '../../src/providers/from-stream.js';
import { openai } from '../../src/providers/openai/index.js';
import { type ConformanceOptions, conformanceCases, testConformance } from '../../src/testing/index.js';
import { chatDialect, messagesDialect } from './conformance-dialects.js';
import { clearLitter, faults } from './conformance-faults.js';
import { linesDialect, linesProvider } from './lines-provider.js';

const subject: ConformanceOptions = { createProvider: (baseURL, apiKey) => openai('model-1', { baseURL, apiKey }), dialect: chatDialect };
const names = conformanceCases(subject).map(({ name }) => name);

describe.each([
  { transport: 'the global fetch', options: {} },
  { transport: 'nodeTransport()', options: { fetch: nodeTransport() } },
])('over $transport', ({ options }) => {
  describe('openai keeps the contract', () => {
    testConformance(it, { createProvider: (baseURL, apiKey) => openai('model-1', { baseURL, apiKey, ...options }), dialect: chatDialect });
  });

  describe('anthropic keeps the contract', () => {
    testConformance(it, { createProvider: (baseURL, apiKey) => anthropic('model-1', { baseURL, apiKey, ...options }), dialect: messagesDialect });
  });
});

describe("a user's own provider, over fromStream, keeps the contract", () => {
  testConformance(it, { createProvider: linesProvider, dialect: linesDialect });
});

describe('a provider with a fault', () => {
  afterEach(clearLitter);

  it('is known for every case', () => {
    expect(new Set(faults.map(({ finder }) => finder))).toEqual(new Set(names));
  });

  it.each(faults)('that $what fails "$finder"', async ({ finder, subject, says }) => {
    const found = conformanceCases(subject).find(({ name }) => name === finder);
    await expect(found?.run()).rejects.toMatchObject({ name: 'ProtocolError', message: expect.stringMatching(says) });
  });

  it("is named in the failure, which has the provider's error as its cause", async () => {
    const own = new SyntaxError('Unexpected end of JSON input');
    const createProvider = (): Provider => fromStream('mine', () => throwing(own), { model: 'mine-1' });
    const [first] = conformanceCases({ createProvider, dialect: chatDialect });
    await expect(first?.run()).rejects.toMatchObject({ message: expect.stringMatching(/^mine, model mine-1, "a plain answer": /), cause: own });
  });
});

describe('testConformance', () => {
  it('hands every case to the test runner, as a function without parameters', () => {
    // Jest and Mocha wait for a callback when a test function takes a parameter.
    const registered: unknown[] = [];
    testConformance((name, run) => registered.push([name, run.length]), subject);
    expect(registered).toEqual(names.map((name) => [name, 0]));
  });

  it('leaves out the framing of server-sent events where there is none', () => {
    const own = conformanceCases({ createProvider: linesProvider, dialect: linesDialect }).map(({ name }) => name);
    const left = ['lines that end with CRLF', 'a byte order mark and comments', 'comments, ids and retry times inside an event', 'no space after a colon'];
    expect(names.filter((name) => !own.includes(name))).toEqual(left);
  });

  it('says that a dialect without the arguments of a call cannot be tested', async () => {
    const dialect = { ...chatDialect, toolCall: () => [] };
    const found = conformanceCases({ ...subject, dialect }).find(({ name }) => name === 'a tool call that is cut');
    await expect(found?.run()).rejects.toThrow('`dialect.toolCall` must send the fragments of the arguments');
  });

  it('says what it needs where there is no Node', async () => {
    const builtin = jest.spyOn(process, 'getBuiltinModule').mockImplementation(() => undefined);
    try {
      await expect(conformanceCases(subject)[0]?.run()).rejects.toThrow('run it in Node 22.3 or later');
    } finally {
      builtin.mockRestore();
    }
  });
});

async function* throwing(error: Error): AsyncGenerator<string> {
  await Promise.resolve();
  throw error;
}
