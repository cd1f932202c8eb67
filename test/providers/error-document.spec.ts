import { describe, expect, it } from '@jest/globals';
import { dialects } from '../contract/wire-dialects.js';
import { decode, randomPieces, singleBytes } from './decode.js';

const bytesOf = (body: string): Uint8Array => new TextEncoder().encode(body);
/** An error document of so many bytes. */
const errorOfLength = (length: number): string => {
  const frame = JSON.stringify({ error: { message: '' } });
  return JSON.stringify({ error: { message: 'x'.repeat(length - frame.length) } });
};

describe.each(dialects)('an answer of $name with status 200 that is one document', ({ translator }) => {
  it.each([
    ['on one line', JSON.stringify({ error: { message: 'No credit left', code: 'insufficient_quota' } })],
    ['on many lines', `\n${JSON.stringify({ type: 'error', error: { message: 'No credit left', code: 'insufficient_quota' } }, undefined, 2)}\n`],
    ['after a byte order mark', `\uFEFF${JSON.stringify({ error: { message: 'No credit left', code: 'insufficient_quota' } })}`],
  ])('is an error of the provider when it says so, %s, at any split', (_, body) => {
    const bytes = bytesOf(body);
    for (const pieces of [[bytes], singleBytes(bytes), randomPieces(bytes, 7)]) {
      const { chunks, ending } = decode(pieces, translator);
      expect(chunks).toEqual([]);
      expect(ending).toMatchObject({ reason: 'provider', cause: { name: 'RateLimitError', code: 'insufficient_quota', message: expect.stringContaining('No credit left') } });
    }
  });

  it('is read up to 64 KB', () => {
    const limit = 64 * 1024;
    expect(decode([bytesOf(errorOfLength(limit))], translator).ending).toMatchObject({ reason: 'provider' });
    expect(decode(randomPieces(bytesOf(errorOfLength(limit)), 3), translator).ending).toMatchObject({ reason: 'provider' });
    expect(decode([bytesOf(errorOfLength(limit + 1))], translator).ending).toMatchObject({ reason: 'malformed' });
  });

  it.each([
    ['a page', '<html>{"error":{"message":"x"}}</html>'],
    ['another document', '{"status":"ok"}'],
    ['a document without an error', '{"error":null,"data":[]}'],
    ['a list', '[{"error":{"message":"x"}}]'],
    ['half a document', '{"error":{"message":"x"}'],
  ])('is malformed when it is %s', (_, body) => {
    expect(decode([bytesOf(body)], translator).ending).toMatchObject({ reason: 'malformed', cause: { name: 'ProtocolError' } });
  });

  it('is a disconnect when the connection broke', () => {
    const { ending } = decode([bytesOf('{"error":{"message":"x"}}')], translator, { end: 'cut' });
    expect(ending).toMatchObject({ reason: 'disconnected' });
  });
});
