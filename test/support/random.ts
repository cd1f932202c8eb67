/** Numbers from 0 up to 1, the same on every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `count` different whole numbers from 0 to `last`, in order: those in `always`, and seeded ones; all when there are no more. */
export function sampleOffsets(count: number, last: number, seed: number, always: readonly number[] = []): readonly number[] {
  if (last < count) return Array.from({ length: last + 1 }, (_, offset) => offset);
  const random = seededRandom(seed);
  const offsets = new Set(always.filter((offset) => offset >= 0 && offset <= last));
  while (offsets.size < count) offsets.add(Math.floor(random() * (last + 1)));
  return [...offsets].sort((one, other) => one - other);
}
