import type { Observable, SchedulerLike } from 'rxjs';
import { chunkMetadata, finishChunk, type StreamChunk, textChunk } from '../core/chunk.js';
import { checkChunkSize, checkDelay, type ChunkMaker, playChunks } from './play-chunks.js';
import { splitText } from './split-text.js';

/** Options of `createMockStream`. */
export interface MockStreamOptions {
  /** UTF-16 code units per chunk; a surrogate pair is never cut. Default 10. */
  readonly chunkSize?: number | undefined;
  /** Milliseconds between two chunks; the first comes at once; 0 is synchronous. Default 100. */
  readonly delayMs?: number | undefined;
  /** Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** Default `mock`. */
  readonly streamId?: string | undefined;
}

/**
 * A stream that says `text`, for tests of what consumes streams.
 *
 * Each subscription starts anew; unsubscribing stops it; it never errors. The last piece is the content of the `finish`
 * chunk, so the empty text is one final chunk. A slow consumer's demand pauses it.
 *
 * @throws ValidationError when `chunkSize` is not a whole number of at least 1, or `delayMs` is negative.
 *
 * @example
 * createMockStream('Test response', { delayMs: 0 }).subscribe((chunk) => console.log(chunk.content)); // Test respo, nse
 */
export function createMockStream(text: string, options: MockStreamOptions = {}): Observable<StreamChunk> {
  const { chunkSize = 10, delayMs = 100, scheduler, streamId = 'mock' } = options;
  checkChunkSize(chunkSize);
  checkDelay(delayMs);
  const metadata = chunkMetadata(streamId);
  const pieces = splitText(text, chunkSize);
  const chunks: ChunkMaker[] = pieces.slice(0, -1).map((piece) => (timestamp) => textChunk(piece, metadata, timestamp));
  const last = pieces.at(-1) ?? '';
  chunks.push((timestamp) => ({ ...finishChunk({ finishReason: 'stop' }, metadata, timestamp), content: last }));
  return playChunks(chunks, { delayMs, scheduler });
}
