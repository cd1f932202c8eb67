/** 32 bits of a text: FNV-1a over its UTF-16 code units, then the finalizer of MurmurHash3, which spreads every bit. */
function hash32(text: string, prime: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), prime);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Nine characters of [0-9a-z] that stand for a text, the same ones always. Plain arithmetic, because browsers have no
 * synchronous hash; it keeps nothing secret from who can guess the text.
 */
export function fingerprint(text: string): string {
  // A number holds 53 bits exactly; nine characters hold 46 of them.
  const bits = (hash32(text, 0x01000193) & 0x1fffff) * 2 ** 32 + hash32(text, 0x9e3779b1);
  return bits.toString(36).padStart(9, '0').slice(-9);
}
