const rounds = 10;
const pauseMs = 50;

/** What lives on the heap, in bytes. Not V8's `external`: it frees the buffers of sockets later, on another thread. */
export function liveBytesNow(): number {
  const collect = globalThis.gc;
  if (collect === undefined) throw new Error('Start this program with --expose-gc.');
  collect();
  return process.memoryUsage().heapUsed;
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
