/** The load of the tests over sockets: how much there is, and how slow the consumer is. */

/** The server has this much to write. */
export const floodBytes = 64 * 1028 * 1024;
/** A few words of text and their envelope take a fifth of this: 2 % are taken in less than three seconds. */
export const eventBytes = 1024;
export const eventCount = floodBytes / eventBytes;
/** The consumer has taken 2 % when the server's bytes are counted. */
export const takenCount = Math.ceil(eventCount * 0.02);
/** It waits after every tenth chunk. */
export const chunksBetweenWaits = 10;
export const waitMs = 20;

/** What the server does before it floods. */
export type Opening = 'at-once' | 'tool-call-first' | 'cut-first';

/** The base URL of a run that nobody else uses. */
export function floodUrl(server: string, run: string, opening: Opening): string {
  return `${server}/flood/${encodeURIComponent(run)}/${opening}/v1`;
}

export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}

/** How slow a consumer is: 0 in a warm-up. */
export interface Pace {
  readonly waitMs: number;
  /** Called at each wait. */
  onWait?(): void;
}

/** Takes `takenCount` values of a stream, waits after every tenth, and leaves it standing: no `break`, no `return()`. */
export async function takePart(next: () => Promise<unknown>, pace: Pace): Promise<void> {
  for (let taken = 1; taken <= takenCount; taken++) {
    await next();
    if (taken % chunksBetweenWaits !== 0) continue;
    pace.onWait?.();
    await sleep(pace.waitMs);
  }
}

/** Reads server-sent events of plain bytes, the cheapest way there is; each call waits for the next event. */
export function eventReader(read: () => Promise<Uint8Array | undefined>): () => Promise<void> {
  let waiting = 0;
  let atLineEnd = false;
  const count = (bytes: Uint8Array): void => {
    for (const byte of bytes) {
      const isLineFeed = byte === 10;
      if (isLineFeed && atLineEnd) waiting++;
      atLineEnd = isLineFeed && !atLineEnd;
    }
  };
  return async () => {
    while (waiting === 0) {
      const bytes = await read();
      if (bytes === undefined) throw new Error('The body ended while more events were wanted.');
      count(bytes);
    }
    waiting--;
  };
}
