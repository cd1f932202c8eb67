import { lastValueFrom, tap } from 'rxjs';
import { accumulate } from '../../operators/accumulate.js';
import { measure } from '../../operators/measure.js';
import type { StreamMetrics } from '../../src/core/metrics.js';
import { nodeTransport } from '../../src/node/index.js';
import { openai } from '../../src/providers/openai/index.js';
import { report } from '../support/program.js';
import { liveBytesAtRest } from './heap.js';

/** Reads many answers at once. Arguments: the URL of `model-server.ts`, how many streams, chunks of each, the transport. */

/** What came of all streams. */
export interface ManyStreams {
  readonly streamCount: number;
  /** How many were going on when the last one began to answer. */
  readonly mostAtOnce: number;
  /** The different answers; one if all are whole. */
  readonly texts: readonly string[];
  readonly endings: readonly string[];
  readonly chunkCounts: readonly number[];
  readonly keptBytes: number;
}

const [url = '', streams = '', chunks = '', transport = ''] = process.argv.slice(2);
const streamCount = Number(streams);
const provider = openai('test-model', {
  baseURL: `${url}/text/${chunks}/v1`,
  apiKey: 'none',
  ...(transport === 'node' && { fetch: nodeTransport() }),
});

let going = 0;
let mostAtOnce = 0;
const endings = new Set<string>();
const chunkCounts = new Set<number>();

function keepLast(metrics: StreamMetrics): void {
  if (metrics.ending === 'running') return;
  endings.add(metrics.ending);
  chunkCounts.add(metrics.chunkCount);
}

async function readOne(): Promise<string> {
  const begin = (): void => {
    mostAtOnce = Math.max(mostAtOnce, ++going);
  };
  const answer$ = provider
    .stream$({ messages: [{ role: 'user', content: 'Go' }] })
    .pipe(tap({ subscribe: begin, finalize: () => going-- }), measure(keepLast), accumulate());
  return (await lastValueFrom(answer$)).completeText;
}

await readOne();
const before = await liveBytesAtRest();
const texts = await Promise.all(Array.from({ length: streamCount }, readOne));
const unlike = [...new Set(texts)];
texts.length = 0;
const keptBytes = (await liveBytesAtRest()) - before;
await report({
  streamCount,
  mostAtOnce,
  texts: unlike,
  endings: [...endings],
  chunkCounts: [...chunkCounts],
  keptBytes,
} satisfies ManyStreams);
process.exit();
