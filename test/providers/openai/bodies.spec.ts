import { afterAll, describe, expect, it } from '@jest/globals';
import { chatTranslator } from '../../../src/providers/openai/translate.js';
import { expectAsRecorded } from '../compare.js';
import { decode, randomPieces, singleBytes } from '../decode.js';
import { bodiesOf, summaryOf } from '../recordings.js';

const bodies = bodiesOf('chat').filter((body) => body.httpStatus === 200);
const seeds = Array.from({ length: 20 }, (_, index) => 1_000 + index);

afterAll(() => {
  process.stdout.write(summaryOf('chat', bodies));
});

describe('every chat body through decoder and translator', () => {
  it.each(bodies)('$origin $name says what its expected file says', (body) => {
    const { chunks, ending } = decode([body.bytes], chatTranslator);
    expectAsRecorded('chat', body, chunks, ending);
  });

  it.each(bodies)('$origin $name gives the same chunks at any split of its bytes', ({ bytes }) => {
    const whole = decode([bytes], chatTranslator);
    for (const seed of seeds) expect(decode(randomPieces(bytes, seed), chatTranslator)).toEqual(whole);
    expect(decode(singleBytes(bytes), chatTranslator)).toEqual(whole);
  });
});
