import { afterAll, describe, expect, it } from '@jest/globals';
import { messagesTranslator } from '../../../src/providers/anthropic/translate.js';
import { expectAsRecorded } from '../compare.js';
import { decode, randomPieces, singleBytes } from '../decode.js';
import { bodiesOf, summaryOf } from '../recordings.js';

const bodies = bodiesOf('messages').filter((body) => body.httpStatus === 200);
const seeds = Array.from({ length: 20 }, (_, index) => 2_000 + index);

afterAll(() => {
  process.stdout.write(summaryOf('messages', bodies));
});

describe('every Messages body through decoder and translator', () => {
  it.each(bodies)('$origin $name says what its expected file says', (body) => {
    const { chunks, ending } = decode([body.bytes], messagesTranslator);
    expectAsRecorded('messages', body, chunks, ending);
  });

  it.each(bodies)('$origin $name gives the same chunks at any split of its bytes', ({ bytes }) => {
    const whole = decode([bytes], messagesTranslator);
    for (const seed of seeds) expect(decode(randomPieces(bytes, seed), messagesTranslator)).toEqual(whole);
    expect(decode(singleBytes(bytes), messagesTranslator)).toEqual(whole);
  });
});
