import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { main } from '../../src/cli/main.js';
import { listenOnLoopback } from '../../src/cli/loopback-server.js';
import type { Output } from '../../src/cli/screen.js';

/** Keeps what is written; tells `onWrite` the text so far. */
function recorder(isTTY: boolean, onWrite: (text: string) => void = () => undefined): Output & { text: string } {
  const output = new Writable({
    write(data: Buffer, _encoding, done) {
      recording.text += data.toString();
      onWrite(recording.text);
      done();
    },
  });
  const recording = Object.assign(output, { isTTY, text: '' });
  return recording;
}

interface RunOptions {
  readonly env?: Record<string, string>;
  readonly isTTY?: boolean;
  readonly abortAt?: string;
  /** The packages that are not there. */
  readonly missing?: readonly string[];
}

async function run(argv: readonly string[], { env = {}, isTTY = false, abortAt, missing = [] }: RunOptions = {}) {
  const abort = new AbortController();
  const stdout = recorder(isTTY, (text) => {
    if (abortAt !== undefined && text.includes(abortAt)) abort.abort();
  });
  const stderr = recorder(isTTY);
  const code = await main({ argv, env, stdout, stderr, signal: abort.signal, version: '1.2.3', isInstalled: (name) => !missing.includes(name) });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** No stack, no second line. */
const oneLine = /^[^\n]+\n$/;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agenticraft-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function recording(name: string, events: readonly string[]): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, events.map((data) => `data: ${data}\n\n`).join(''));
  return file;
}

describe('the offline model', () => {
  it('answers with a tool call in the middle and one line of figures, plain when piped', async () => {
    const { code, stdout, stderr } = await run(['What is', '15% of 2,500?']);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'Let me work out 15% of 2,500.',
      '→ calculator({"expression":"15% * 2,500"})',
      '← 375',
      '15% of 2,500 is 375.',
    ]);
    expect(lines[4]).toMatch(/^first chunk \d.* · \d+ chunks · \d+ tokens in, \d+ out · [\d.]+ tokens\/s · .* in all$/);
    expect(lines.slice(5)).toEqual(['']);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('offline model');
  });

  it('hands the calculator\'s error to the model', async () => {
    const { code, stdout } = await run(['What is 1 / 0?']);
    expect(code).toBe(0);
    expect(stdout).toContain('← error: ');
    expect(stdout).toMatch(/The tool gave this for 1 \/ 0: .*Division by zero/);
  });

  it('is coloured and has a spinner on a terminal', async () => {
    const { stdout } = await run(['Hello'], { isTTY: true });
    expect(stdout.startsWith('\r⠋ ')).toBe(true);
    expect(stdout).toContain('\r\x1b[KHello');
    expect(stdout).toMatch(/\x1b\[2mfirst chunk .*\x1b\[0m\n$/);
  });

  it.each([
    ['1/0', /← error: .*Division by zero\.\nThe tool gave this for 1\/0: /],
    ['calculate 1e3*2', /← 2000\n1e3\*2 is 2,000\.\n/],
    ['sqrt(2)', /← 1\.41421356237\nsqrt\(2\) is 1\.4142135624\.\n/],
  ])('hands "%s" to the calculator', async (prompt, lines) => {
    const { code, stdout } = await run([prompt]);
    expect(code).toBe(0);
    expect(stdout).toMatch(lines);
  });

  it('honours NO_COLOR', async () => {
    const { stdout } = await run(['2 + 2'], { isTTY: true, env: { NO_COLOR: '1' } });
    expect(stdout).toContain('→ calculator');
    expect(stdout).not.toMatch(/\x1b\[[\d;]*m/);
  });

  it('stops at Ctrl-C: what came stays, the reason follows, 130', async () => {
    const { code, stdout, stderr } = await run(['Explain quantum gravity'], { abortAt: 'small' });
    expect(code).toBe(130);
    expect(stdout).toMatch(/^I am a small.*\n$/);
    expect(stdout).not.toContain('real model');
    expect(stderr.split('\n').slice(1)).toEqual(['Interrupted (aborted): stopped by Ctrl-C.', '']);
  });
});

describe('--provider offline', () => {
  it('says nothing of a key that is set', async () => {
    const { stderr } = await run(['--provider', 'offline', 'Hi'], { env: { OPENAI_API_KEY: 'sk-set' } });
    expect(stderr).toBe('The offline model answers, a small program on this machine.\n');
  });
});

describe('--replay', () => {
  const chat = (delta: object, reason: string | null = null): string =>
    JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: reason }] });

  it('streams a body of Chat Completions, without running its tools', async () => {
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } };
    const file = await recording('chat.sse', [chat({ role: 'assistant', content: 'Look: ' }), chat({ tool_calls: [call] }), chat({}, 'tool_calls'), '[DONE]']);
    const { code, stdout, stderr } = await run(['--replay', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Look: \n→ weather\(\{"city":"Rome"\}\)\nfirst chunk .*\n$/);
    expect(stderr).toContain('openai');
    expect(stderr).toContain('The answer ended with: tool-calls.');
  });

  it('streams a body of Messages', async () => {
    const file = await recording('messages.sse', [
      '{"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"usage":{"input_tokens":3,"output_tokens":1}}}',
      '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Ciao\\u001b[31m!"}}',
      '{"type":"content_block_stop","index":0}',
      '{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}',
      '{"type":"message_stop"}',
    ]);
    const { code, stdout } = await run(['--replay', file]);
    expect(code).toBe(0);
    // The escape character of the recording does not reach the terminal.
    expect(stdout).toMatch(/^Ciao\[31m!\nfirst chunk .* 3 tokens in, 5 out .*\n$/);
  });

  it('reports a cut body as an interruption, after what came', async () => {
    const file = await recording('cut.sse', [chat({ role: 'assistant', content: 'Half an ans' })]);
    const { code, stdout, stderr } = await run(['--replay', file]);
    expect(code).toBe(1);
    expect(stdout).toBe('Half an ans\n');
    expect(stderr).toMatch(/\nInterrupted \(truncated\): [^\n]+\n$/);
  });

  it.each([
    ['no-such-file.sse', 'there is no such file'],
    ['responses.sse', 'Responses API'],
    ['page.sse', 'no server-sent events'],
  ])('refuses %s', async (name, reason) => {
    await recording('responses.sse', ['{"type":"response.created"}']);
    await writeFile(join(folder, 'page.sse'), '<html>');
    const { code, stdout, stderr } = await run(['--replay', join(folder, name)]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain(reason);
  });
});

describe('--marbles', () => {
  /** The words that stand in a picture, in their order. */
  const labels = (svg: string): readonly string[] => Array.from(svg.matchAll(/<text class="am-label[^>]*>([^<]*)</g), ([, label = '']) => label.replaceAll('&quot;', '"').trim());

  it('draws the run that was streamed', async () => {
    const file = join(folder, 'run.svg');
    await writeFile(file, 'an older picture, longer than nothing');
    const { code, stdout } = await run(['--marbles', file, 'What is', '15% of 2,500?']);
    expect(code).toBe(0);
    expect(stdout).toContain('15% of 2,500 is 375.');
    const svg = await readFile(file, 'utf8');
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(svg).toContain('<title>What is 15% of 2,500?</title>');
    expect(labels(svg)).toEqual(expect.arrayContaining(['calculator("15% * 2,500")', '= 375', 'step 0', 'step 1', 'stop']));
  });

  it('goes with --replay', async () => {
    const file = join(folder, 'replay.svg');
    const body = await recording('for-picture.sse', [
      '{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Ciao"},"finish_reason":"stop"}]}',
      '[DONE]',
    ]);
    expect((await run(['--replay', body, '--marbles', file])).code).toBe(0);
    expect(labels(await readFile(file, 'utf8'))).toEqual(['Ciao', 'stop']);
  });

  it('draws a run that was stopped as far as it went', async () => {
    const file = join(folder, 'stopped.svg');
    const { code, stdout } = await run(['--marbles', file, 'Explain quantum gravity'], { abortAt: 'small' });
    expect([code, stdout.at(-1)]).toEqual([130, '\n']);
    const svg = await readFile(file, 'utf8');
    expect(svg).toMatch(/unsubscribed|StreamInterruptedError: aborted/);
    expect(labels(svg)).not.toContain('stop');
  });

  it('cuts a long prompt in the title', async () => {
    const file = join(folder, 'long.svg');
    await run(['--marbles', file, `2 + 2 ${'and so on '.repeat(200)}`]);
    const [, title = ''] = /<title>([^<]*)<\/title>/.exec(await readFile(file, 'utf8')) ?? [];
    expect(title).toMatch(/^2 \+ 2 and so on .*…$/);
    expect(title.length).toBeLessThan(130);
  });

  it.each([
    ['no-such-folder/run.svg', 'there is no such folder'],
    ['', 'it is a folder'],
    ['page.sse/run.svg', 'a part of the path is a file'],
  ])('says that %j cannot be written, before anything is asked', async (name, reason) => {
    await writeFile(join(folder, 'page.sse'), '<html>');
    const { code, stdout, stderr } = await run(['--marbles', join(folder, name), 'Hi']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('Cannot write the picture to');
    expect(stderr).toContain(reason);
  });

  it('leaves no file behind when nothing could be asked', async () => {
    const { code } = await run(['--marbles', join(folder, 'never.svg'), '--model', 'gpt-5-mini', 'Hi']);
    expect(code).toBe(2);
    expect(await readdir(folder)).not.toContain('never.svg');
  });
});

describe('a provider', () => {
  it('wrong key: one line that does not show it', async () => {
    const server = await listenOnLoopback(async (_request, response) => {
      const error = { message: 'Incorrect API key provided: sk-wrong-0123456789.', type: 'invalid_request_error', code: 'invalid_api_key' };
      await new Promise<void>((resolve) => response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error }), resolve));
    });
    const { code, stdout, stderr } = await run(['--base-url', `${server.url}/v1`, 'Hi'], { env: { OPENAI_API_KEY: 'sk-wrong-0123456789' } });
    await server.close();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('OPENAI_API_KEY');
    expect(stderr).not.toContain('sk-wrong');
  });

  it('unreachable server: one line', async () => {
    const server = await listenOnLoopback(() => Promise.resolve());
    await server.close();
    const { code, stdout, stderr } = await run(['--base-url', server.url, 'Hi'], { env: { OPENAI_API_KEY: 'k' } });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain('could not be reached');
  });

  it.each([
    [['--model', 'gpt-5-mini', 'Hi'], {}, 'OPENAI_API_KEY'],
    [['--provider', 'anthropic', 'Hi'], { OPENAI_API_KEY: 'k' }, 'ANTHROPIC_API_KEY'],
    [['--model', 'claude-sonnet-5-5', 'Hi'], { OPENAI_API_KEY: 'k' }, 'ANTHROPIC_API_KEY'],
    [['--provider', 'offline', '--model', 'gpt-5-mini'], {}, 'agenticraft-offline'],
    [['--provider', 'offline', '--base-url', 'http://localhost'], {}, 'offline model'],
  ])('%j says what is missing', async (argv, env, hint) => {
    const { code, stdout, stderr } = await run(argv, { env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain(hint);
  });
});

describe('a package that is not installed', () => {
  it.each([
    [['Hi'], {}, ['zod'], 'a package that is not installed. Run: npm install zod'],
    [['Hi'], {}, ['zod', 'openai', '@anthropic-ai/sdk'], 'packages that are not installed. Run: npm install zod openai'],
    [['Hi'], { OPENAI_API_KEY: 'k' }, ['openai'], 'a package that is not installed. Run: npm install openai'],
    [['Hi'], { ANTHROPIC_API_KEY: 'k' }, ['@anthropic-ai/sdk'], 'a package that is not installed. Run: npm install @anthropic-ai/sdk'],
  ])('%j with %j and without %j: the line to type', async (argv, env, missing, message) => {
    const { code, stdout, stderr } = await run(argv, { env, missing });
    expect([code, stdout, stderr]).toEqual([1, '', `agenticraft: The command line needs ${message}\n`]);
  });

  it('--replay asks for the SDK of the recording alone', async () => {
    const file = await recording('messages-head.sse', ['{"type":"message_start","message":{}}']);
    const { code, stderr } = await run(['--replay', file], { missing: ['zod', 'openai', '@anthropic-ai/sdk'] });
    expect([code, stderr]).toEqual([1, 'agenticraft: The command line needs a package that is not installed. Run: npm install @anthropic-ai/sdk\n']);
  });
});

describe('arguments', () => {
  it.each([
    [['--bogus'], "Unknown option '--bogus'"],
    [['-x'], "Unknown option '-x'"],
    [['--model'], '--model'],
    [['--model', ' ', 'Hi'], '--model needs a value'],
    [['--marbles', '', 'Hi'], '--marbles needs a value'],
    [[''], 'The prompt is empty'],
    [['  ', ' '], 'The prompt is empty'],
    [['--provider', 'acme', 'Hi'], 'Unknown provider "acme"'],
    [['--base-url', 'localhost', 'Hi'], 'not an http or https address'],
    [['--replay', 'a.sse', 'Hi'], 'does not go with a prompt'],
    [['--replay', 'a.sse', '--model', 'm'], 'does not go with --model'],
  ])('%j is refused in one line', async (argv, message) => {
    const { code, stdout, stderr } = await run(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain(message);
  });

  it('--help and --version', async () => {
    const help = await run(['--help']);
    expect([help.code, help.stderr]).toEqual([0, '']);
    const options = ['--provider', '--model', '--base-url', '--replay', '--marbles', '--help', '--version'];
    const variables = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'NO_COLOR'];
    for (const option of [...options, ...variables]) expect(help.stdout).toContain(option);
    expect(await run(['--version'])).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });
});
