import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { examplesOf, writeDocstringExamples } from '../../scripts/docstring-examples.js';
import { closeServers, serve } from '../node/local-server.js';
import { chatText, messagesText, sseHead } from '../support/chat-wire.js';
import { flush, unfinished } from './docstring-names.js';
import { OutputCapture } from './output-capture.js';

// Every `@example` of the public API runs: it does not throw, and nothing that it began fails.

const examples = writeDocstringExamples();
const patienceMs = 4_000;

const variables = ['OPENAI_BASE_URL', 'OPENAI_API_KEY', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY'] as const;
const before = variables.map((name) => process.env[name]);

beforeAll(async () => {
  const server = await serve((head, response) => {
    sseHead(response);
    // In one piece: when the first word has been shown, the answer is whole.
    response.end(head.url?.endsWith('/messages') === true ? messagesText('Hello') : chatText('Hello'));
  });
  const values = [`${server.url}/v1`, 'key', server.url, 'key'];
  variables.forEach((name, index) => (process.env[name] = values[index]));
});

afterAll(async () => {
  variables.forEach((name, index) => {
    if (before[index] === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before[index];
  });
  await closeServers();
});

describe('examples in docstrings', () => {
  let output: OutputCapture;
  afterEach(() => output.stop());

  it.each(examples.map((example) => [example.place, example] as const))('%s', async (_, { file, code }) => {
    output = new OutputCapture();
    await import(file);
    flush();
    await Promise.all(unfinished.splice(0));
    // What writes at the top writes something, also when the example does not wait for it.
    const writes = /^(?!export).*(?:subscribe\(|await).*(?:console\.log|stdout\.write)/m.test(code);
    await output.until((text) => !writes || text !== '', patienceMs);
    if (writes) expect(output.text).not.toBe('');
  });
});

it('an example ends at the next tag or with the comment', () => {
  const source = '/**\n * A.\n *\n * @example\n * one();\n *   two();\n * @see three\n */\n  /**\n   * @example\n   * four();\n   */\n';
  expect(examplesOf(source)).toEqual([
    { line: 4, code: 'one();\n  two();\n' },
    { line: 10, code: 'four();\n' },
  ]);
});
