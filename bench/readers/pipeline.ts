import { Agent, type Provider, toAsyncIterable, tool } from 'agenticraft';
import { accumulate, measure } from 'agenticraft/operators';
import { z } from 'zod';
import type { Reader } from '../readers.ts';
import type { Wire } from '../wire.ts';
import { prompt } from './request.ts';

type Options = { readonly baseURL: string; readonly apiKey: string; readonly fetch?: typeof fetch };

const loadProvider: Readonly<Record<Wire, () => Promise<(options: Options) => Provider>>> = {
  openai: async () => {
    const { openai } = await import('agenticraft/openai');
    return (options) => openai('bench-model', options);
  },
  anthropic: async () => {
    const { anthropic } = await import('agenticraft/anthropic');
    return (options) => anthropic('bench-model', options);
  },
};

const clock = tool({
  name: 'clock',
  description: 'The time of day.',
  parameters: z.object({}),
  execute: () => new Date().toISOString(),
});

/** The pipeline that users get: agent with a tool, two operators, async bridge. */
export async function pipeline(wire: Wire, transport?: typeof fetch): Promise<Reader> {
  const provider = await loadProvider[wire]();
  return (baseURL, onChunk) => {
    const options = { baseURL, apiKey: 'bench', ...(transport !== undefined && { fetch: transport }) };
    const agent = new Agent({ provider: provider(options), tools: [clock] });
    const snapshot$ = agent.stream$(prompt).pipe(
      measure(() => undefined),
      accumulate(),
    );
    const iterator = toAsyncIterable(snapshot$)[Symbol.asyncIterator]();
    const read = async (): Promise<number> => {
      let count = 0;
      // What `for await` does; written out, because `cancel` needs the iterator.
      while ((await iterator.next()).done !== true) onChunk(++count);
      return count;
    };
    return { done: read(), cancel: () => void iterator.return() };
  };
}
