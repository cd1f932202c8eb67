import http from 'node:http';
import { createParser } from 'eventsource-parser';
import type { Reader } from '../readers.ts';
import type { Wire } from '../wire.ts';
import { body, pathOf } from './request.ts';

/** The least that reading a stream costs below `fetch`. */
export function httpFloor(wire: Wire): Reader {
  const agent = new http.Agent({ keepAlive: true });
  return (baseURL, onChunk) => {
    const request = http.request(baseURL + pathOf[wire], { method: 'POST', agent });
    const done = new Promise<number>((resolve, reject) => {
      let count = 0;
      const decoder = new TextDecoder();
      const parser = createParser({
        onEvent: ({ data }) => {
          if (data === '[DONE]') return;
          JSON.parse(data);
          onChunk(++count);
        },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        response.on('data', (bytes: Uint8Array) => parser.feed(decoder.decode(bytes, { stream: true })));
        response.on('error', reject);
        response.on('end', () => resolve(count));
      });
    });
    request.end(body);
    return { done, cancel: () => void request.destroy() };
  };
}
