const highSurrogateStart = 0xd800;
const highSurrogateEnd = 0xdbff;

/** Cuts a text into pieces of `size` UTF-16 code units; a surrogate pair stays whole, its piece is one longer. */
export function splitText(text: string, size: number): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  while (start < text.length) {
    let end = start + size;
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= highSurrogateStart && last <= highSurrogateEnd) end++;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}
