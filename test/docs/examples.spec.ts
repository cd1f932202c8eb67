import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { firstValueFrom, reduce } from 'rxjs';
import { chat } from '../../examples/terminal-chat.js';
import { createChatServer } from '../../examples/sse-server.js';
import { streamWithRecovery$, withoutStreaming } from '../../examples/recovery.js';
import { Agent, type Provider, isProviderError, streamToString } from '../../src/index.js';
import { openai } from '../../src/providers/openai/index.js';
import { scriptedProvider } from '../../src/testing/index.js';
import { type ModelServers, startModelServers } from './model-servers.js';

let servers: ModelServers;
beforeAll(async () => (servers = await startModelServers()));
afterAll(() => servers.close());

describe('examples/terminal-chat', () => {
  async function* lines(...typed: readonly string[]): AsyncGenerator<string> {
    for (const line of typed) yield await Promise.resolve(line);
  }

  /** The user presses stop as soon as `stopAt` is on the screen. */
  async function screenOf(typed: readonly string[], stopAt?: string): Promise<string> {
    let screen = '';
    let stop: () => void = () => undefined;
    await chat(new Agent({ provider: openai('offline') }), {
      lines: lines(...typed),
      write: (text) => {
        screen += text;
        if (text === stopAt) stop();
      },
      onStop: (listener) => {
        stop = listener;
        return () => (stop = () => undefined);
      },
    });
    return screen;
  }

  it('answers until an empty line, and remembers', async () => {
    const screen = await screenOf(['Hello!', 'What did I say before?', '', 'Not asked.']);
    expect(screen).toBe(
      'Hello! I am the offline model. Ask me to work something out, such as 15% of 2,500.\nBefore this you said: "Hello!".\n',
    );
  });

  it('stops at once, says so, and goes on with the next prompt', async () => {
    const screen = await screenOf(['Hello!', 'What did I say before?'], 'Hello! ');
    // A network chunk may hold more than the first word.
    const [, shown = '', remembered] = /^(Hello! .*)\n\[stopped \(aborted\); I remember the (\d+) characters above\]\nBefore this you said: "Hello!".\n$/.exec(screen) ?? [screen];
    expect(Number(remembered)).toBe(shown.length);
  });
});

describe('examples/sse-server', () => {
  async function withServer<T>(work: (url: string, log: readonly string[]) => Promise<T>): Promise<T> {
    const log: string[] = [];
    const server: Server = createChatServer(new Agent({ provider: openai('offline') }), (line) => log.push(line)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // listening on TCP
    try {
      return await work(`http://127.0.0.1:${port}`, log);
    } finally {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }

  it('streams the answer as server-sent events, with an end record', async () => {
    await withServer(async (url, log) => {
      const body = await (await fetch(`${url}/chat`, { method: 'POST', body: 'Hello!' })).text();
      const records = body.split('\n').filter((line) => line.startsWith('data: ')).map((line) => JSON.parse(line.slice(6)) as { content?: string; ending?: string });
      expect(records.map(({ content = '' }) => content).join('')).toMatch(/^Hello! I am the offline model\./);
      expect(records.at(-1)).toEqual({ ending: 'finished', finishReason: 'stop' });
      expect(log).toEqual(['completed']);
    });
  });

  it('tells the client what is wrong, and keeps requests apart', async () => {
    await withServer(async (url, log) => {
      expect((await fetch(url)).status).toBe(404);
      const empty = await (await fetch(`${url}/chat`, { method: 'POST', body: '' })).text();
      expect(empty).toContain('"name":"ValidationError"');
      await (await fetch(`${url}/chat`, { method: 'POST', body: 'Hello!' })).text();
      const second = await (await fetch(`${url}/chat`, { method: 'POST', body: 'What did I say before?' })).text();
      expect(second.replace(/.*?"content":"(.*?)".*?\n|.*\n/g, '$1')).toContain('This is your first message');
      expect(log.map((line) => line.split(':')[0])).toEqual(['not found', 'failed', 'completed', 'completed']);
    });
  });
});

describe('examples/recovery', () => {
  function wholeText(agent: Agent): Promise<string> {
    return firstValueFrom(streamWithRecovery$(agent, 'Hello!').pipe(reduce((all, piece) => all + piece, '')));
  }

  /** Lets two network chunks of the first answer through, then the connection breaks. */
  function breakingFetch(): typeof fetch {
    let count = 0;
    return async (input, init) => {
      const response = await fetch(input, init);
      if (count++ > 0 || response.body === null) return response;
      const reader = response.body.getReader();
      const first = await reader.read();
      const second = await reader.read();
      await reader.cancel();
      let pulls = 0;
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          const bytes = [first.value, second.value][pulls++];
          if (bytes === undefined) controller.error(new TypeError('terminated'));
          else controller.enqueue(bytes);
        },
      });
      return new Response(body, { status: response.status, headers: response.headers });
    };
  }

  it('asks the model to go on after a cut', async () => {
    const agent = new Agent({ provider: openai('offline', { fetch: breakingFetch() }) });
    const said = await wholeText(agent);
    expect(said).toMatch(/^Hello! .*\n\[disconnected; asking to go on\]\n\S/);
    expect((await agent.getMessages()).map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    expect((await agent.getMessages())[1]).toMatchObject({ interrupted: true });
  });

  it('passes an error of before the answer on', async () => {
    const agent = new Agent({ provider: openai('offline', { baseURL: 'http://127.0.0.1:1/v1', maxRetries: 0 }) });
    const error: unknown = await wholeText(agent).catch((reason: unknown) => reason);
    expect(isProviderError(error) && error.name).toBe('ConnectionError');
  });

  it('does not go on with what the user stopped', async () => {
    const agent = new Agent({ provider: scriptedProvider([{ text: 'Hel', interruption: 'aborted' }]) });
    expect(await wholeText(agent).catch((error: unknown) => error)).toMatchObject({ reason: 'aborted', partialResponse: 'Hel' });
  });

  it('streams from a provider that does not stream', async () => {
    const provider: Provider = withoutStreaming(openai('offline'));
    const agent = new Agent({ provider });
    expect(agent.getProviderInfo().supportsStreaming).toBe(false);
    expect(await streamToString(agent.stream$('Hello!'))).toMatch(/^Hello! I am the offline model\./);
  });
});
