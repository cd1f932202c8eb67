import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AnswerDecoder } from '../../src/providers/wire/answer-decoder.js';
import { maxFrameLength } from '../../src/providers/wire/frames.js';
import { sseDecoder } from '../../src/providers/wire/sse.js';
import { chunkMetadata } from '../../src/core/chunk.js';
import { decode, singleBytes } from '../providers/decode.js';
import { closeServers, serve } from '../node/local-server.js';
import { answerOf, contentOf, endingOf } from '../support/answer.js';
import { chatText, messagesText } from '../support/chat-wire.js';
import { type WireDialect, chat, messages } from './wire-dialects.js';

const bodies: readonly { readonly name: string; readonly dialect: WireDialect; readonly body: string }[] = [
  { name: 'chat', dialect: chat, body: chatText('Hé', 'llo 🎉') },
  { name: 'messages', dialect: messages, body: messagesText('Héllo 🎉') },
];

/** Each keeps what the events say. By the specification of server-sent events (WHATWG HTML, section 9.2). */
const framings: readonly { readonly framing: string; readonly apply: (body: string) => string }[] = [
  { framing: 'LF', apply: (body) => body },
  { framing: 'CR', apply: (body) => body.replaceAll('\n', '\r') },
  { framing: 'CRLF', apply: (body) => body.replaceAll('\n', '\r\n') },
  { framing: 'a byte order mark', apply: (body) => `\uFEFF${body}` },
  { framing: 'comments between and inside events', apply: (body) => `: hello\n\n${body.replaceAll('data:', ': ping\ndata:')}:\n\n` },
  { framing: 'retry: fields, also invalid ones', apply: (body) => `retry: 3000\n\n${body.replaceAll('data:', 'retry: soon\ndata:')}` },
  { framing: 'id: fields', apply: (body) => body.replaceAll('data:', 'id: 7\ndata:') },
  { framing: 'unknown fields', apply: (body) => body.replaceAll('data:', 'colour: blue\nnothing\ndata:') },
  { framing: 'no space after the colon', apply: (body) => body.replaceAll('data: ', 'data:') },
  { framing: 'event: lines dropped by a proxy', apply: (body) => body.replaceAll(/^event:.*\n/gm, '') },
  { framing: 'more blank lines', apply: (body) => `\n\n${body.replaceAll('\n\n', '\n\n\n\n')}` },
  { framing: 'the last event without its blank line', apply: (body) => body.replace(/\n\n$/, '\n') },
  { framing: 'the last event without a line end', apply: (body) => body.replace(/\n\n$/, '') },
];

afterEach(closeServers);

describe.each(bodies)('the framing of a $name body', ({ dialect, body }) => {
  it.each(framings)('$framing', ({ apply }) => {
    const bytes = new TextEncoder().encode(apply(body));
    for (const pieces of [[bytes], singleBytes(bytes)]) {
      const { chunks, ending } = decode(pieces, dialect.translator);
      expect(contentOf(chunks)).toBe('Héllo 🎉');
      expect(ending).toEqual({ type: 'finished' });
      expect(chunks.filter((chunk) => chunk.type === 'finish')).toHaveLength(1);
    }
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('%s, through fetch', async (encoding, compress) => {
    const bytes = compress(body);
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': encoding });
      response.write(bytes.subarray(0, 20));
      response.end(bytes.subarray(20));
    });
    const answer = await answerOf(dialect.provider(server.url).stream$({ messages: [{ role: 'user', content: 'Hi' }] }));
    expect([endingOf(answer), contentOf(answer.chunks)]).toEqual(['finish', 'Héllo 🎉']);
  });

  it('gzip whose connection breaks in the middle is a disconnect', async () => {
    const bytes = gzipSync(body);
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
      response.write(bytes.subarray(0, bytes.length - 30));
      response.socket?.end();
    });
    const answer = await answerOf(dialect.provider(server.url).stream$({ messages: [{ role: 'user', content: 'Hi' }] }));
    expect(endingOf(answer)).toBe('disconnected');
  });
});

describe('a frame above the limit', () => {
  /** Feeds the same 64 KB without a line end until the decoder has enough, and goes on after that. */
  function flood(start: string, rounds: number): { readonly fedUntilEnd: number; readonly decoder: AnswerDecoder } {
    const context = { provider: 'openai', model: 'test-model', metadata: chunkMetadata('run_flood'), timestamp: 0 };
    const decoder = new AnswerDecoder({ context, translator: chat.translator(context), frames: (listener) => sseDecoder(listener), emit: () => undefined });
    const piece = new TextEncoder().encode('x'.repeat(65_536));
    let fedUntilEnd = 0;
    decoder.feed(new TextEncoder().encode(start));
    for (let round = 0; round < rounds; round++) {
      if (decoder.outcome === undefined) fedUntilEnd += piece.length;
      decoder.feed(piece);
    }
    return { fedUntilEnd, decoder };
  }

  it.each([['one line', 'data: '], ['a second line of data', 'data: {\ndata: '], ['an event name', 'event: ']])('%s that never ends is malformed at the limit', (_, start) => {
    const { fedUntilEnd, decoder } = flood(start, 320);
    expect(decoder.outcome).toMatchObject({ type: 'interrupted', reason: 'malformed', cause: { name: 'ProtocolError' } });
    expect(fedUntilEnd).toBeGreaterThan(maxFrameLength - 65_536);
    expect(fedUntilEnd).toBeLessThanOrEqual(maxFrameLength + 65_536);
  });

  it('what comes after it is not kept', () => {
    // The collector is not part of Jest's sandbox: a context that is made after the flag was set has it.
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void; // the flag makes it this
    collect();
    const before = process.memoryUsage().heapUsed;
    const { decoder } = flood('data: ', 1_600);
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 * maxFrameLength);
    expect(decoder.outcome?.type).toBe('interrupted');
  });

  it('over a socket it ends the stream and closes the connection', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: ');
      const piece = 'x'.repeat(1_048_576);
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    });
    const answer = await answerOf(chat.provider(server.url).stream$({ messages: [{ role: 'user', content: 'Hi' }] }));
    expect(endingOf(answer)).toBe('malformed');
  });
});
