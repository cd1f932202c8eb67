import { words } from '../operators/words.js';
import type { StreamChunk } from '../src/core/chunk.js';
import { chunk } from './alphabet.js';
import { type MarbleTable, cold, entry } from './table.js';

const pieces = { A: chunk.text('Hel'), B: chunk.text('lo wo'), C: chunk.text('rld') };
const whole = { X: chunk.text('Hello '), Y: chunk.text('world'), Z: chunk.text('wo') };

const citation: StreamChunk = { ...chunk.text(''), type: 'source', title: 'Atlas' };

export const wordsTable: MarbleTable = {
  operator: 'words',
  entries: [
    entry({
      title: 'words: a word goes out when it is whole',
      sources: {
        answer: cold({ marbles: ' -A--B--C--(F|)', values: pieces, subscriptions: '^---------!' }),
      },
      code: 'words()',
      operator: ({ answer }) => answer.pipe(words()),
      result: { marbles: '       ----X-----(YF|)', values: whole },
    }),
    entry({
      title: 'words: a tool call does not wait, and a citation splits no word',
      sources: {
        answer: cold({
          marbles: '             -A-S-B--T----(F|)',
          values: { ...pieces, S: citation, T: chunk.toolCall('look') },
          subscriptions: '       ^------------!',
        }),
      },
      code: 'words()',
      operator: ({ answer }) => answer.pipe(words()),
      result: {
        marbles: '             ---S-X--(ZT)-(F|)',
        values: { ...whole, S: citation, T: chunk.toolCall('look') },
      },
    }),
    entry({
      title: "words({ locale: 'zh' }) finds words where there are no spaces",
      sources: {
        answer: cold({
          marbles: '             -A--B--(F|)',
          values: { A: chunk.text('你好，世'), B: chunk.text('界') },
          subscriptions: '       ^------!',
        }),
      },
      code: "words({ locale: 'zh' })",
      operator: ({ answer }) => answer.pipe(words({ locale: 'zh' })),
      result: { marbles: '       -X-----(YF|)', values: { X: chunk.text('你好，'), Y: chunk.text('世界') } },
    }),
    entry({
      title: 'words lets out what it holds, then passes the error on',
      sources: {
        answer: cold({ marbles: ' -A--B--#', values: pieces, subscriptions: '^------!' }),
      },
      code: 'words()',
      operator: ({ answer }) => answer.pipe(words()),
      result: { marbles: '       ----X--(Z#)', values: whole },
    }),
    entry({
      title: 'words drops what it holds when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -A--B--C--(F|)', values: pieces, subscriptions: '^-----!' }),
      },
      unsubscribe: '             ------!',
      code: 'words()',
      operator: ({ answer }) => answer.pipe(words()),
      result: { marbles: '       ----X', values: whole },
    }),
  ],
};
