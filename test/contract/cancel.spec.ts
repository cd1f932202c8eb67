import { afterEach, describe, expect, it } from '@jest/globals';
import { type Subscription, config, firstValueFrom } from 'rxjs';
import { z } from 'zod';
import { Agent, type Provider, type StreamChunk, isStreamInterrupted, tool } from '../../src/index.js';
import { nodeTransport } from '../../src/node/index.js';
import { closeServers, closed, serve } from '../node/local-server.js';
import { answerOf, contentOf, endingOf } from '../support/answer.js';
import { countedController } from '../support/counted-signal.js';
import { type Situation, situations, wholeAnswer } from './cancel-situations.js';
import { type Log, type Way, ways } from './cancel-ways.js';
import { type WireDialect, dialects } from './wire-dialects.js';

/** The promise is "at once"; the test must not fail on a busy machine. */
const ceilingMs = 1_000;

const transports: readonly { readonly transport: string; readonly make: () => typeof fetch }[] = [
  { transport: 'the SDK’s fetch', make: () => fetch },
  { transport: 'nodeTransport()', make: () => nodeTransport() },
];

const connections = dialects.flatMap((dialect) => transports.map((transport) => ({ dialect, ...transport, name: dialect.name })));
const anytime = ways.filter(({ when }) => when === 'anytime');

afterEach(closeServers);

/** A point in time that a test waits for. */
class Moment {
  readonly #reached = Promise.withResolvers<undefined>();
  readonly come = (): void => this.#reached.resolve(undefined);

  async within(what: string): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what}: not within ${ceilingMs} ms`)), ceilingMs);
    });
    await Promise.race([this.#reached.promise, limit]).finally(() => clearTimeout(timer));
  }
}

/** Some turns of the event loop, in which whatever was on its way arrives. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Remembers what came, in words, and calls back at a chunk. */
function recorder(onChunk: (chunk: StreamChunk) => void): Log & { readonly chunks: StreamChunk[]; readonly endings: string[]; readonly ended: Moment } {
  const chunks: StreamChunk[] = [];
  const endings: string[] = [];
  const ended = new Moment();
  const end = (word: string): void => {
    endings.push(word);
    ended.come();
  };
  return {
    chunks,
    endings,
    ended,
    next: (chunk) => {
      chunks.push(chunk);
      onChunk(chunk);
    },
    error: (error) => end(isStreamInterrupted(error) ? error.reason : (error as Error).message),
    complete: () => end('complete'),
  };
}

/** A tool that reports once and then waits for its signal, or one that answers at once. */
function waitTool(kind: Situation['tool'], onSignal: () => void): ReturnType<typeof tool> {
  return tool({
    name: 'wait',
    description: 'Waits.',
    parameters: z.object({}),
    execute: (_, { signal }) => {
      signal.addEventListener('abort', onSignal, { once: true });
      return kind === 'answers' ? 'done' : untilAborted(signal);
    },
  });
}

/** The last value is the tool's result, so the first goes out as progress only when the second is there. */
async function* untilAborted(signal: AbortSignal): AsyncGenerator<string> {
  yield 'started';
  yield 'waiting';
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

/** A wait that outlives the test: its timer, left behind, is a leak that fails the suite. */
function longWait(onWait: () => void): () => number {
  return () => {
    onWait();
    return 3_600_000;
  };
}

/** Starts a run, leaves it at the moment of the situation, and checks that everything has stopped. */
async function leave(dialect: WireDialect, transport: typeof fetch, { start, ending }: Way, situation: Situation): Promise<void> {
  const moment = new Moment();
  const toolStopped = new Moment();
  const { isMoment } = situation;
  const server = await serve((_, response) => {
    if (situation.moment === 'requested') moment.come();
    situation.answer(dialect.api, response);
  });
  const fetchAndTell: typeof fetch = async (...call) => {
    const response = await transport(...call);
    if (situation.moment === 'headers') setImmediate(moment.come);
    return response;
  };
  const log = recorder((chunk) => {
    if (!isMoment(chunk)) return;
    if (situation.moment !== 'chunk') {
      // Some turns later the source waits for its next read.
      void turns().then(moment.come);
      return;
    }
    // Inside `next`: the most awkward place to leave from.
    started.cancel();
    moment.come();
  });
  const agent = new Agent({
    provider: dialect.provider(server.url, { fetch: fetchAndTell }),
    tools: [waitTool(situation.tool, toolStopped.come)],
    ...(situation.moment === 'retry wait' && { retry: { delay: longWait(moment.come) } }),
  });
  const started = start(agent, log, isMoment);
  if (situation.moment !== 'subscribed') await moment.within(situation.situation);
  const sockets = [...server.sockets];
  if (situation.moment !== 'chunk') started.cancel();

  if (ending !== 'nothing') await log.ended.within('the end');
  const { length } = log.chunks;
  if (situation.tool === 'waits') await toolStopped.within('the tool’s signal');
  if (situation.isAnswering) {
    expect(sockets).toHaveLength(1);
    const gone = new Moment();
    void Promise.all(sockets.map(closed)).then(gone.come);
    await gone.within('the server sees the close');
  }
  await turns();
  expect(log.chunks).toHaveLength(length);
  expect(log.endings).toEqual(ending === 'nothing' ? [] : [ending]);
  expect(server.requests).toHaveLength(situation.requests);
  expect(started.listeners?.() ?? 0).toBe(0);
  expect(await firstValueFrom(agent.streams.active$)).toEqual([]);
}

describe.each(connections)('leaving a run of $name over $transport', ({ dialect, make }) => {
  describe.each(situations)('$situation', (situation) => {
    const possible = situation.moment === 'chunk' ? ways : anytime;
    it.each(possible)('by $way', (way) => leave(dialect, make(), way, situation));
  });
});

describe.each(dialects)('leaving a run of $name that works by complete', (dialect) => {
  /** The same provider, as one that cannot stream. */
  function whole(provider: Provider): Provider {
    return {
      name: provider.name,
      model: provider.model,
      supportsStreaming: () => false,
      stream$: (request) => provider.stream$(request),
      complete: (request, options) => provider.complete(request, options),
    };
  }

  const halfAnswer: Situation = {
    situation: 'in the middle of the body', moment: 'headers', isMoment: () => false, requests: 1, isAnswering: true, tool: 'answers',
    answer: (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"id":');
    },
  };

  describe.each([...situations.filter(({ moment }) => moment === 'subscribed' || moment === 'requested'), halfAnswer])('$situation', (situation) => {
    it.each(anytime)('by $way', (way) => leave({ ...dialect, provider: (url, options) => whole(dialect.provider(url, options)) }, fetch, way, situation));
  });
});

describe.each(connections)('after a normal end of $name over $transport', ({ dialect, make }) => {
  it('five streams use one connection, and nobody listens to the signal any more', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(wholeAnswer(dialect.api));
    });
    const agent = new Agent({ provider: dialect.provider(server.url, { fetch: make() }) });
    const { controller, listeners } = countedController();
    for (let turn = 0; turn < 5; turn++) {
      const answer = await answerOf(agent.stream$('Hi', { signal: controller.signal }));
      expect([endingOf(answer), contentOf(answer.chunks)]).toEqual(['finish', 'Done.']);
      // The connection is free when its last bytes were read, which is after the terminal event.
      await turns();
    }
    expect(server.requests).toHaveLength(5);
    expect(server.connections()).toBe(1);
    expect(listeners()).toBe(0);
  });
});

describe.each(dialects)('a bare subscriber of $name whose next throws', (dialect) => {
  it('is told to RxJS’s global handler, and the stream still ends once', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(wholeAnswer(dialect.api));
    });
    const reported: unknown[] = [];
    const told = new Moment();
    config.onUnhandledError = (error) => {
      reported.push(error);
      told.come();
    };
    const mine = new Error('mine');
    let subscription: Subscription | undefined;
    await new Promise<void>((resolve, reject) => {
      subscription = new Agent({ provider: dialect.provider(server.url) }).stream$('Hi').subscribe({
        next: (chunk) => {
          if (chunk.type === 'text') throw mine;
        },
        error: reject,
        complete: resolve,
      });
    });
    await told.within('the report');
    config.onUnhandledError = null;
    expect(reported).toEqual([mine]);
    expect(subscription?.closed).toBe(true);
  });
});
