/**
 * What the examples in docstrings use and do not declare: our own exports, those of RxJS and zod, and the reader's things
 * (an agent, a stop button, a page to render).
 */
import { expect as jestExpect } from '@jest/globals';
import { once } from 'node:events';
import { type RequestListener, createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestScheduler } from 'rxjs/testing';
import { z } from 'zod';
import { chunk, runMarbles } from '../../marbles/index.js';
import { Agent, type ProviderRequest, type StreamChunk, StreamInterruptedError, StreamingResponse, type Tool, tool } from '../../src/index.js';
import { scriptedProvider } from '../../src/testing/index.js';

export * from '../../marbles/index.js';
export * from '../../operators/index.js';
export * from '../../src/index.js';
export * from '../../src/node/index.js';
export * from '../../src/providers/anthropic/index.js';
export * from '../../src/providers/openai/index.js';
export * from '../../src/server/index.js';
export * from '../../src/testing/index.js';
// One overload of each is deprecated; the examples use others.
// eslint-disable-next-line @typescript-eslint/no-deprecated
export { concatMap, tap } from 'rxjs';
export { z } from 'zod';
export { expect } from '@jest/globals';

const recipe = JSON.stringify({ title: 'Pancakes', steps: ['Mix', 'Fry'] });
const answer = ({ messages }: ProviderRequest): string => (JSON.stringify(messages.at(-1)).includes('recipe') ? recipe : 'Hello. How are you?');

/** Answers more often than there are examples. */
export const provider = scriptedProvider(Array.from({ length: 200 }, () => answer));
export const myProvider = provider;
export const agent = new Agent({ provider });
export const model = 'gpt-5-mini';
export const messages = [{ role: 'user', content: 'Hello' }] as const;
export const request: ProviderRequest = { messages };
export const stream$ = provider.stream$(request);
export const chunks: readonly StreamChunk[] = [chunk.text('Hello'), chunk.finish()];

export const add = tool({
  name: 'add',
  description: 'Adds.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
});
export const calculator = tool({ name: 'calculator', description: 'Computes.', parameters: z.object({ expression: z.string() }), execute: () => 375 });
export const weather = tool({ name: 'weather', description: 'The weather.', parameters: z.object({ city: z.string() }), execute: () => 'sunny' });

const toolsByName = new Map<string, Tool>([add, calculator, weather].map((one) => [one.name, one]));
/** A list for an agent, looked up by name by an interceptor. */
export const tools = Object.assign([...toolsByName.values()], { get: (name: string) => toolsByName.get(name) });

// The reader's page, which shows everything on the console.
export const render = (...shown: readonly unknown[]): void => console.log(...shown);
export const log = render;
export const save = (...saved: readonly unknown[]): void => console.log(...saved);
export const speak = async (sentence: string): Promise<void> => {
  await Promise.resolve();
  console.log(sentence);
};
/** Flags nothing but silence. */
export const moderate = (text: string): Promise<boolean> => Promise.resolve(text === '');
export const subtitles = { show: render };
export const bar = { update: render };
export const list = { add: render };
export const response = { write: render };
export const stopButton: { onclick: (() => void) | undefined } = { onclick: undefined };
/** Angular's, as far as the examples use it. */
export const toSignal = <T>(state$: { subscribe(next: (value: T) => void): unknown }, options: { readonly requireSync: true }): (() => T) => {
  const values: T[] = [];
  state$.subscribe((value) => void values.push(value));
  if (values.length === 0) throw new Error(`requireSync is ${options.requireSync}, but nothing was emitted.`);
  return () => values.at(-1) as T; // there is one, see the line above
};

export const writeFileSync = (path: string, text: string): void => console.log(path, text.length);
export const openStream = (): ReadableStream<Uint8Array> => new Blob(['Hello']).stream();

/** What an example began and does not wait for. */
export const unfinished: Promise<unknown>[] = [];

/** Node's, with one request to the server as soon as it listens; whatever port the example names, a free one is used. */
export const createServer = (listener: RequestListener): { listen(port: number): void } => ({
  listen: () => {
    const server = createHttpServer(listener);
    const served = async (): Promise<void> => {
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo; // listening on TCP
      console.log(await (await fetch(`http://127.0.0.1:${port}`)).text());
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
    unfinished.push(served());
  },
});

// RxJS's own marble testing, and our `toBe`.
type Frame = { readonly frame: number; readonly notification: { readonly kind: string; readonly value?: { readonly type?: string } } };
const outline = (frames: readonly Frame[]): unknown => frames.map(({ frame, notification: { kind, value } }) => [frame, kind, value?.type]);
const scheduler = new TestScheduler((actual: readonly Frame[], expected: readonly Frame[]) => jestExpect(outline(actual)).toEqual(outline(expected)));
export const values: Readonly<Record<string, StreamChunk>> = { a: chunk.text('a'), s: chunk.step(), f: chunk.finish() };
export const cold = (marbles: string, of: Readonly<Record<string, StreamChunk>>) => scheduler.createColdObservable(marbles, of);
export const expectObservable: TestScheduler['expectObservable'] = (observable) => scheduler.expectObservable(observable);
/** Runs what `expectObservable` expects. */
export const flush = (): void => scheduler.flush();

/** Expects of a stream that times out after one chunk. */
export const toBe = (marbles: string, of: object, error: unknown): void => {
  const partial = new StreamingResponse();
  partial.addChunk(chunk.text('a'));
  const interruption = new StreamInterruptedError('too slow', { reason: 'timeout', phase: 'each', partial });
  runMarbles((helpers) => helpers.expectStream(helpers.cold('-a-#', {}, interruption)).toBe(marbles, { ...of }, error));
};
