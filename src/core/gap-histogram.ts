/** Buckets per doubling: values are known to 12 %. */
const perOctave = 4;
const largest = 0xffff_ffff;

/** Counts durations in buckets that grow with the duration: quantiles in O(1) time and memory, whatever the number of values. */
export class GapHistogram {
  readonly #buckets = new Uint32Array(128);
  #count = 0;
  #max = 0;

  /** Takes a duration in milliseconds. */
  add(gapMs: number): void {
    const gap = Math.min(Math.max(Math.round(gapMs), 0), largest);
    const index = bucketOf(gap);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#count++;
    if (gap > this.#max) this.#max = gap;
  }

  /** The duration that the share `quantile` (0 to 1) of all values does not exceed, to 12 %; undefined without values. */
  quantile(quantile: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = Math.max(1, Math.ceil(quantile * this.#count));
    let seen = 0;
    // By index: an iterator makes an array for each bucket, and every live record of `measure` comes here twice.
    for (let index = 0; index < this.#buckets.length; index++) {
      seen += this.#buckets[index] ?? 0;
      if (seen >= rank) return Math.min(middleOf(index), this.#max);
    }
    return this.#max;
  }
}

/** 0 to 3 have a bucket each; above, the leading bit picks the octave and the next two bits the bucket in it. */
function bucketOf(gap: number): number {
  if (gap < perOctave) return gap;
  const exponent = 31 - Math.clz32(gap);
  return (exponent - 1) * perOctave + ((gap >>> (exponent - 2)) & 3);
}

function middleOf(index: number): number {
  if (index < perOctave) return index;
  const width = 2 ** (Math.floor(index / perOctave) - 1);
  return (perOctave + (index % perOctave)) * width + (width - 1) / 2;
}
