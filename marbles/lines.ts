import { lines } from '../operators/lines.js';
import { chunk } from './alphabet.js';
import { type MarbleTable, cold, entry } from './table.js';

const pieces = { A: chunk.text('- o'), B: chunk.text('ne\n- t'), C: chunk.text('wo') };
const whole = { X: chunk.text('- one\n'), Y: chunk.text('- two'), Z: chunk.text('- t') };

export const linesTable: MarbleTable = {
  operator: 'lines',
  entries: [
    entry({
      title: 'lines: a line goes out when its end has come, the last before finish',
      sources: {
        answer: cold({ marbles: ' -A--B--C--(F|)', values: pieces, subscriptions: '^---------!' }),
      },
      code: 'lines()',
      operator: ({ answer }) => answer.pipe(lines()),
      result: { marbles: '       ----X-----(YF|)', values: whole },
    }),
    entry({
      title: 'lines: one chunk may hold several',
      sources: {
        answer: cold({ marbles: ' -M---------(F|)', values: { M: chunk.text('a\nb\nc') }, subscriptions: '^----------!' }),
      },
      code: 'lines()',
      operator: ({ answer }) => answer.pipe(lines()),
      result: { marbles: '       -(XY)------(cF|)', values: { X: chunk.text('a\n'), Y: chunk.text('b\n') } },
    }),
    entry({
      title: 'lines: a restart voids the line that is held',
      sources: {
        answer: cold({ marbles: ' -A--R--C--(F|)', values: { ...pieces, R: chunk.restart('disconnected') }, subscriptions: '^---------!' }),
      },
      code: 'lines()',
      operator: ({ answer }) => answer.pipe(lines()),
      result: { marbles: '       ----R-----(CF|)', values: { ...pieces, R: chunk.restart('disconnected') } },
    }),
    entry({
      title: 'lines lets out what it holds, then passes the error on',
      sources: {
        answer: cold({ marbles: ' -A--B--#', values: pieces, subscriptions: '^------!' }),
      },
      code: 'lines()',
      operator: ({ answer }) => answer.pipe(lines()),
      result: { marbles: '       ----X--(Z#)', values: whole },
    }),
    entry({
      title: 'lines drops what it holds when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -A--B--C--(F|)', values: pieces, subscriptions: '^-----!' }),
      },
      unsubscribe: '             ------!',
      code: 'lines()',
      operator: ({ answer }) => answer.pipe(lines()),
      result: { marbles: '       ----X', values: whole },
    }),
  ],
};
