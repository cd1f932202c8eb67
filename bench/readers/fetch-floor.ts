import { createParser } from 'eventsource-parser';
import type { Reader } from '../readers.ts';
import type { Wire } from '../wire.ts';
import { body, pathOf } from './request.ts';

/** The least that reading a stream by `fetch` costs: split the events, parse their JSON, count. */
export function fetchFloor(wire: Wire): Reader {
  return (baseURL, onChunk) => {
    const controller = new AbortController();
    const read = async (): Promise<number> => {
      let count = 0;
      const decoder = new TextDecoder();
      const parser = createParser({
        onEvent: ({ data }) => {
          if (data === '[DONE]') return;
          JSON.parse(data);
          onChunk(++count);
        },
      });
      const response = await fetch(baseURL + pathOf[wire], { method: 'POST', body, signal: controller.signal });
      for await (const bytes of response.body ?? []) parser.feed(decoder.decode(bytes, { stream: true }));
      return count;
    };
    return { done: read(), cancel: () => controller.abort() };
  };
}
