import { z } from 'zod';
import { Agent } from '../../src/agent/agent.js';
import { tool } from '../../src/agent/tools.js';
import { nodeTransport } from '../../src/node/index.js';
import { openai } from '../../src/providers/openai/index.js';
import { report } from '../support/program.js';
import { liveBytesAtRest } from './heap.js';

/** Makes agents, runs each once with a tool step, and drops them. Arguments: the URL of `model-server.ts`, how many, the transport. */

/** What stayed on the heap. */
export interface ManyAgents {
  readonly answers: readonly string[];
  readonly keptBytes: number;
}

const [url = '', wanted = '', transport = ''] = process.argv.slice(2);
const baseURL = `${url}/tool/3/v1`;
const fetchOption = transport === 'node' ? { fetch: nodeTransport() } : {};

async function runOne(): Promise<string> {
  const look = tool({ name: 'look', description: 'Looks.', parameters: z.object({}), execute: () => ({ seen: 'x'.repeat(1_000) }) });
  const agent = new Agent({ provider: openai('test-model', { baseURL, apiKey: 'none', ...fetchOption }), tools: [look] });
  const response = await agent.run('Go', { metrics: () => undefined, signal: new AbortController().signal });
  return response.content;
}

const answers = new Set<string>();
// What is made once (clients' shared parts, machine code) is no leak.
for (let count = 0; count < 200; count++) answers.add(await runOne());
const before = await liveBytesAtRest();
for (let count = 0; count < Number(wanted); count++) answers.add(await runOne());
await report({ answers: [...answers], keptBytes: (await liveBytesAtRest()) - before } satisfies ManyAgents);
process.exit();
