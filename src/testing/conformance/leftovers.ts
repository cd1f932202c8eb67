import { violation } from './expect.js';
import { nodeProcess } from './node.js';
import { type ConformanceCheck, closeMs, type Trial } from './trial.js';

/** More than the connections that an HTTP client may keep for one caller at a time. */
const rounds = 8;
const pollMs = 20;

/** Nothing that grows with the number of streams stays behind. */
export const leftoverCases: Readonly<Record<string, ConformanceCheck>> = {
  'nothing left behind': async (trial) => {
    // What is made once, such as a kept connection or a listener of the HTTP client, is no leftover.
    await oneOfEach(trial);
    const before = countResources();
    for (let round = 0; round < rounds; round++) await oneOfEach(trial);
    await expectNoGrowth(before);
  },
};

/** A stream that ends, one that breaks off and one that is left. */
async function oneOfEach(trial: Trial): Promise<void> {
  await trial.receive(trial.body(trial.opening() + trial.ending()));
  await trial.receive(trial.body(trial.opening(), 'cut'));
  trial.replyWith(trial.body(trial.opening(), 'stall'));
  await trial.firstChunk();
  await trial.expectClosed('an unsubscribe');
}

/** With a while of grace: sockets close later than the stream ends. */
async function expectNoGrowth(before: ReadonlyMap<string, number>): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const grown = [...countResources()].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
    const [leftover] = grown.filter(([, growth]) => growth >= rounds);
    if (leftover === undefined) return;
    const [name, growth] = leftover;
    if (waitedMs >= closeMs) throw violation(`${growth} more of "${name}" are there ${closeMs} ms after ${rounds} rounds of streams than before them`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** What keeps the process alive, by kind, and the listeners on `process`; nothing where the runtime does not tell. */
function countResources(): ReadonlyMap<string, number> {
  const node = nodeProcess();
  const counts = new Map<string, number>();
  for (const name of node?.getActiveResourcesInfo?.() ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const name of node?.eventNames?.() ?? []) counts.set(`listener of process: ${String(name)}`, node?.listenerCount?.(name) ?? 0);
  return counts;
}
