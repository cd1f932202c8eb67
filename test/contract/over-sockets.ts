import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { verifyStream } from '../../operators/index.js';
import { Agent, isStreamInterrupted } from '../../src/index.js';
import type { BodyEnd } from '../../src/providers/wire/answer-decoder.js';
import { type LocalServer, closeServers, serve } from '../node/local-server.js';
import type { WireBody } from '../providers/recordings.js';
import { answerOf, contentOf, endingOf, partialFault, unwatchStopped, watchStopped } from '../support/answer.js';
import { sampleOffsets } from '../support/random.js';
import { ExpectedEnding } from './expected-ending.js';
import { type WireDialect, answersOf, isExhaustive } from './wire-dialects.js';

const offsetsPerBody = 40;
const smallBody = 8 * 1024;
/** Runs at once: enough to keep one core busy, few enough that none waits long. */
const lanes = 16;
/** For a run on a busy machine; a run that hangs fails the test by name. */
const hangMs = 20_000;

/** Where the answer becomes whole: looked for from the end, because the rule of the oracle is the definition. */
function terminalOffset(oracle: ExpectedEnding, bytes: Uint8Array): number {
  const whole = oracle.after(bytes);
  let offset = bytes.length;
  while (offset > 0 && oracle.after(bytes.subarray(0, offset - 1)) === whole) offset--;
  return offset;
}

function offsetsOf(bytes: Uint8Array, oracle: ExpectedEnding): readonly number[] {
  const count = isExhaustive && bytes.length <= smallBody ? bytes.length + 1 : offsetsPerBody;
  const edges = [0, 1, 2, 3, 4, 5].flatMap((distance) => [distance, bytes.length - distance]);
  const terminal = terminalOffset(oracle, bytes);
  return sampleOffsets(count, bytes.length, bytes.length, [...edges, terminal - 1, terminal]);
}

/** Ends the connection after the bytes that were written, without the last chunk of the body. Destroying it may lose them. */
function cut(response: ServerResponse): void {
  response.socket?.end();
}

/** Says `bytes` up to an offset; its address says which, and how it ends. */
function addressOf(url: string, offset: number, end: BodyEnd): string {
  return `${url}/${offset}/${end}`;
}

/** A server of one body. */
function serveBody({ bytes, contentType }: WireBody): Promise<LocalServer> {
  return serve((request, response) => {
    const [, offset, end] = (request.url ?? '').split('/');
    response.writeHead(200, { 'content-type': contentType });
    response.flushHeaders();
    response.write(bytes.subarray(0, Number(offset)));
    if (end === 'clean') response.end();
    else cut(response);
  });
}

const hung = Symbol('hung');

async function within<T>(work: Promise<T>): Promise<T | typeof hung> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<typeof hung>((resolve) => {
    timer = setTimeout(() => resolve(hung), hangMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

const reasons = { cut: 'disconnected', clean: 'truncated' } as const;

/** One run of an agent over the real SDK; `undefined` when it ends as promised. */
async function faultOf(dialect: WireDialect, url: string, oracle: ExpectedEnding, whole: string, prefix: Uint8Array, end: BodyEnd): Promise<string | undefined> {
  // One step: what the model calls is answered, and the model not asked again.
  const agent = new Agent({ provider: dialect.provider(addressOf(url, prefix.length, end)), maxSteps: 1 });
  const answer = await within(answerOf(agent.stream$('Hi').pipe(verifyStream())));
  if (answer === hung) return 'hangs';
  const standing = oracle.after(prefix);
  const expected = standing === 'open' ? reasons[end] : standing === 'whole' ? 'finish' : 'provider';
  const ending = endingOf(answer);
  if (ending !== expected) return `ended with ${ending}, expected ${expected}`;
  if (!whole.startsWith(contentOf(answer.chunks))) return 'its text is no prefix of the whole';
  const error = answer.terminal.type === 'error' ? answer.terminal.error : undefined;
  return isStreamInterrupted(error) ? partialFault(error, answer.chunks) : undefined;
}

/** The faults of all cases, a few runs at a time. */
async function faultsOf<T>(cases: readonly T[], fault: (item: T) => Promise<string | undefined>): Promise<readonly string[]> {
  const faults: string[] = [];
  const queue = cases.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) {
      const found = await fault(item);
      if (found !== undefined) faults.push(found);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return faults;
}

/** The suite of one wire format; one file each, so that they run side by side. */
export function describeOverSockets(dialect: WireDialect): void {
  let late: readonly unknown[] = [];
  beforeAll(() => void (late = watchStopped()));
  afterAll(async () => {
    unwatchStopped();
    await closeServers();
  });

  describe(`a ${dialect.api} answer over a socket that ends after any byte, through SDK, provider and agent`, () => {
    it.each(answersOf(dialect.api))('$origin $name', async (body) => {
      const { bytes } = body;
      const oracle = new ExpectedEnding(dialect.api);
      const server = await serveBody(body);
      const whole = contentOf((await answerOf(dialect.provider(addressOf(server.url, bytes.length, 'clean')).stream$({ messages: [{ role: 'user', content: 'Hi' }] }))).chunks);
      const cases = offsetsOf(bytes, oracle).flatMap((offset) => [{ offset, end: 'cut' as const }, { offset, end: 'clean' as const }]);
      const faults = await faultsOf(cases, async ({ offset, end }) => {
        const fault = await faultOf(dialect, server.url, oracle, whole, bytes.subarray(0, offset), end);
        return fault && `${end} after ${offset} of ${bytes.length} bytes: ${fault}`;
      });
      await server.close();
      expect(faults).toEqual([]);
    }, isExhaustive ? 600_000 : 60_000);
  });

  it('nothing came after an end', () => {
    expect(late).toEqual([]);
  });
}
