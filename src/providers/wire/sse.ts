import { ParseError, createParser } from 'eventsource-parser';
import { type FrameDecoder, type FrameListener, maxFrameLength } from './frames.js';

const streaming: TextDecodeOptions = { stream: true };

/**
 * Decodes server-sent events (WHATWG HTML, section 9.2): LF, CR, CRLF, BOM, comments, multi-line data, at any split of the
 * bytes. Memory is bounded by `limit` plus one network chunk.
 */
export function sseDecoder(listener: FrameListener, limit: number = maxFrameLength): FrameDecoder {
  const text = new TextDecoder('utf-8', { ignoreBOM: false });
  let stopped = false;
  const parser = createParser({
    maxBufferSize: limit,
    onEvent: (event) => {
      listener.onEvent(event);
    },
    onError: (error) => {
      // Unknown fields and bad `retry:` values come here too: the specification says to ignore those.
      if (error.type !== 'max-buffer-size-exceeded') return;
      stopped = true;
      listener.onTooLarge();
    },
  });
  const feed = (piece: string): void => {
    if (stopped || piece === '') return;
    try {
      parser.feed(piece);
    } catch (error) {
      // The parser throws once after it reported that the limit is passed; that is told already.
      if (!(error instanceof ParseError)) throw error;
    }
  };
  return {
    feed: (bytes) => {
      feed(text.decode(bytes, streaming));
    },
    // Half a multi-byte character is left in the TextDecoder: flushing it would put U+FFFD into the answer.
    flush: () => {
      feed('\n\n');
    },
  };
}
