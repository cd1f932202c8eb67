import { Agent } from '../../src/agent/agent.js';
import { isStreamInterrupted } from '../../src/core/errors.js';
import { nodeTransport } from '../../src/node/index.js';
import { anthropic } from '../../src/providers/anthropic/index.js';
import { openai } from '../../src/providers/openai/index.js';
import { report } from '../support/program.js';
import { liveBytesAtRest } from './heap.js';

/** Runs agents whose answers break off, and drops them. Arguments: the URL of `model-server.ts`, how many, the transport, the provider. */

/** What stayed on the heap. */
export interface ManyCutAnswers {
  readonly reasons: readonly string[];
  readonly keptBytes: number;
}

const [url = '', wanted = '', transport = '', name = ''] = process.argv.slice(2);
const options = { baseURL: `${url}/cut`, apiKey: 'none', ...(transport === 'node' && { fetch: nodeTransport() }) };

async function runOne(): Promise<string> {
  const provider = name === 'anthropic' ? anthropic('test-model', options) : openai('test-model', options);
  try {
    return (await new Agent({ provider }).run('Go')).finishReason;
  } catch (error) {
    return isStreamInterrupted(error) && error.partialResponse !== '' ? error.reason : String(error);
  }
}

const reasons = new Set<string>();
for (let count = 0; count < 100; count++) reasons.add(await runOne());
const before = await liveBytesAtRest();
for (let count = 0; count < Number(wanted); count++) reasons.add(await runOne());
await report({ reasons: [...reasons], keptBytes: (await liveBytesAtRest()) - before } satisfies ManyCutAnswers);
process.exit();
