const rounds = 10;
const pauseMs = 50;

/** What lives on the heap and what V8 counts beside it, after a collection; in bytes. */
export function liveBytesNow(): number {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('Start this program with --expose-gc.');
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The same when all is quiet: finalizers and closed sockets let go of more, some turns after a collection. */
export async function liveBytesAtRest(): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    least = Math.min(least, liveBytesNow());
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return least;
}
