import { isChunk } from './chunk-shape.js';
import type { MarbleEvent } from './recording.js';

/** Pieces of text that came one after the other, as the one value that they are parts of. */
export class Run {
  readonly count: number;
  /** The joined pieces, of the same kind as each of them. */
  readonly whole: unknown;

  constructor(count: number, whole: unknown) {
    this.count = count;
    this.whole = whole;
  }
}

/** Two pieces as one; `undefined` when they do not belong together. */
function join(first: unknown, second: unknown): unknown {
  if (typeof first === 'string' && typeof second === 'string') return first + second;
  if (!isChunk(first) || !isChunk(second)) return undefined;
  if (first.type === 'text' && second.type === 'text') return { ...first, content: first.content + second.content };
  if (first.type === 'reasoning' && second.type === 'reasoning') return { ...first, reasoning: first.reasoning + second.reasoning };
  if (first.type !== 'tool-input' || second.type !== 'tool-input' || first.toolCallId !== second.toolCallId) return undefined;
  return { ...first, inputDelta: first.inputDelta + second.inputDelta };
}

/** Each event keeps its place; the value of a piece that stands beside others of its kind becomes their common `Run`. */
export function joinRuns(events: readonly MarbleEvent[]): readonly MarbleEvent[] {
  const joined: MarbleEvent[] = [];
  for (let start = 0; start < events.length; ) {
    const first = events[start];
    if (first === undefined) break;
    let [end, whole]: [number, unknown] = [start + 1, first.kind === 'next' ? first.value : undefined];
    for (let next = events[end]; first.kind === 'next' && next?.kind === 'next'; next = events[end]) {
      const longer = join(whole, next.value);
      if (longer === undefined) break;
      whole = longer;
      end++;
    }
    const run = new Run(end - start, whole);
    joined.push(...(run.count === 1 ? [first] : events.slice(start, end).map((event) => ({ kind: 'next' as const, atMs: event.atMs, value: run }))));
    start = end;
  }
  return joined;
}
