import { sentences } from '../operators/sentences.js';
import { chunk } from './alphabet.js';
import { type MarbleTable, cold, entry } from './table.js';

const pieces = { A: chunk.text('Pay $3.'), B: chunk.text('50. '), C: chunk.text('Bye'), D: chunk.text('!') };
const whole = { X: chunk.text('Pay $3.50. '), Y: chunk.text('Bye!') };

export const sentencesTable: MarbleTable = {
  operator: 'sentences',
  entries: [
    entry({
      title: 'sentences: a sentence goes out when the next one begins',
      sources: {
        answer: cold({ marbles: ' -A--B--C--D--(F|)', values: pieces, subscriptions: '^------------!' }),
      },
      code: 'sentences()',
      operator: ({ answer }) => answer.pipe(sentences()),
      result: { marbles: '       -------X-----(YF|)', values: whole },
    }),
    entry({
      title: 'sentences: what is said before a tool call goes out before it',
      sources: {
        answer: cold({
          marbles: '             -A--B--T----D-(F|)',
          values: { ...pieces, T: chunk.toolCall('pay') },
          subscriptions: '       ^-------------!',
        }),
      },
      code: 'sentences()',
      operator: ({ answer }) => answer.pipe(sentences()),
      result: { marbles: '       -------(XT)---(DF|)', values: { ...pieces, ...whole, T: chunk.toolCall('pay') } },
    }),
    entry({
      title: 'sentences lets out what it holds, then passes the error on',
      sources: {
        answer: cold({ marbles: ' -A--B--#', values: pieces, subscriptions: '^------!' }),
      },
      code: 'sentences()',
      operator: ({ answer }) => answer.pipe(sentences()),
      result: { marbles: '       -------(X#)', values: whole },
    }),
    entry({
      title: 'sentences drops what it holds when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -A--B--C--D--(F|)', values: pieces, subscriptions: '^--------!' }),
      },
      unsubscribe: '             ---------!',
      code: 'sentences()',
      operator: ({ answer }) => answer.pipe(sentences()),
      result: { marbles: '       -------X', values: whole },
    }),
  ],
};
