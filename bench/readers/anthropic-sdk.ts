import Anthropic from '@anthropic-ai/sdk';
import type { Reader } from '../readers.ts';
import { prompt } from './request.ts';

/** What users do today: iterate the stream of the official SDK. */
export function anthropicSdk(): Reader {
  return (baseURL, onChunk) => {
    const client = new Anthropic({ apiKey: 'bench', baseURL });
    const controller = new AbortController();
    const read = async (): Promise<number> => {
      const messages = [{ role: 'user' as const, content: prompt }];
      const { signal } = controller;
      const stream = await client.messages.create({ model: 'bench-model', max_tokens: 1_000, messages, stream: true }, { signal });
      let count = 0;
      for await (const event of stream) {
        if (event.type === 'content_block_delta') onChunk(++count);
      }
      return count;
    };
    return { done: read(), cancel: () => controller.abort() };
  };
}
