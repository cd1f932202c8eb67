import OpenAI from 'openai';
import type { Reader } from '../readers.ts';
import { prompt } from './request.ts';

/** What users do today: iterate the stream of the official SDK. */
export function openaiSdk(): Reader {
  return (baseURL, onChunk) => {
    const client = new OpenAI({ apiKey: 'bench', baseURL });
    const controller = new AbortController();
    const read = async (): Promise<number> => {
      const messages = [{ role: 'user' as const, content: prompt }];
      const { signal } = controller;
      const stream = await client.chat.completions.create({ model: 'bench-model', messages, stream: true }, { signal });
      let count = 0;
      for await (const event of stream) {
        if (event.choices[0] !== undefined) onChunk(++count);
      }
      return count;
    };
    return { done: read(), cancel: () => controller.abort() };
  };
}
