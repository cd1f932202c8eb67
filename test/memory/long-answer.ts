import { Agent } from '../../src/agent/agent.js';
import { nodeTransport } from '../../src/node/index.js';
import { openai } from '../../src/providers/openai/index.js';
import { report } from '../support/program.js';
import { liveBytesNow } from './heap.js';

/**
 * Reads one long answer with `agent.stream` and keeps nothing of it. Arguments: the URL of `model-server.ts`, the number of
 * chunks, the transport.
 */

/** What lived on the heap when a part of the chunks had come. */
export interface LongAnswer {
  readonly chunkCount: number;
  readonly characterCount: number;
  readonly early: { readonly characterCount: number; readonly liveBytes: number };
  readonly late: { readonly characterCount: number; readonly liveBytes: number };
}

const [url = '', wanted = '', transport = ''] = process.argv.slice(2);
const total = Number(wanted);
const baseURL = `${url}/text/${wanted}/v1`;
const agent = new Agent({
  provider: openai('test-model', { baseURL, apiKey: 'none', ...(transport === 'node' && { fetch: nodeTransport() }) }),
});

let chunkCount = 0;
let characterCount = 0;
const looked: { characterCount: number; liveBytes: number }[] = [];
for await (const chunk of agent.stream('Go')) {
  chunkCount++;
  characterCount += chunk.content.length;
  if (chunkCount === total * 0.1 || chunkCount === total * 0.9) looked.push({ characterCount, liveBytes: liveBytesNow() });
}
const [early, late] = looked;
if (early === undefined || late === undefined) throw new Error(`The answer had ${chunkCount} chunks.`);
await report({ chunkCount, characterCount, early, late } satisfies LongAnswer);
process.exit();
