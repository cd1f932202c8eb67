import type { WireEvent } from './translator.js';

/** Bytes in, events out; knows nothing of what the events mean. */
export interface FrameDecoder {
  /** Takes the next network chunk. */
  feed(bytes: Uint8Array): void;
  /** The bytes ended, cleanly or not: hands out an unterminated last event. */
  flush(): void;
}

/** Receives what a `FrameDecoder` finds. */
export interface FrameListener {
  onEvent(event: WireEvent): void;
  /** A frame is larger than the limit; nothing more will be decoded. */
  onTooLarge(): void;
}

/**
 * The largest frame we hold, in characters: 16 Mi. A frame can be a whole generated image in base64; more than this is a
 * server that never ends its line.
 */
export const maxFrameLength = 16 * 1024 * 1024;
