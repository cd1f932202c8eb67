import { replaceText } from '../operators/replace-text.js';
import { chunk } from './alphabet.js';
import { type MarbleTable, cold, entry } from './table.js';

const pieces = { A: chunk.text('by AC'), B: chunk.text('ME Co'), C: chunk.text(' or A'), D: chunk.text('pex') };
const replaced = { V: chunk.text('by '), W: chunk.text('Acme Co'), X: chunk.text(' or '), Y: chunk.text('Apex'), Z: chunk.text('A') };

export const replaceTextTable: MarbleTable = {
  operator: 'replace-text',
  entries: [
    entry({
      title: 'replaceText finds a match that is cut across chunks',
      sources: {
        answer: cold({ marbles: ' -A--B--C--D--(F|)', values: pieces, subscriptions: '^------------!' }),
      },
      code: "replaceText('ACME', 'Acme')",
      operator: ({ answer }) => answer.pipe(replaceText('ACME', 'Acme')),
      result: { marbles: '       -V--W--X--Y--(F|)', values: replaced },
    }),
    entry({
      title: 'replaceText: a pattern states its longest match',
      sources: {
        answer: cold({
          marbles: '             -A--B--C--(F|)',
          values: { A: chunk.text('see #4'), B: chunk.text('2'), C: chunk.text('.') },
          subscriptions: '       ^---------!',
        }),
      },
      code: 'replaceText({ pattern: /#\\d{1,6}/, maxLength: 7 }, (id) => `[${id}]`)',
      operator: ({ answer }) => answer.pipe(replaceText({ pattern: /#\d{1,6}/, maxLength: 7 }, (id) => `[${id}]`)),
      result: { marbles: '       -X-----Y--(F|)', values: { X: chunk.text('see '), Y: chunk.text('[#42].') } },
    }),
    entry({
      title: 'replaceText: text that could begin a match goes out before a tool call',
      sources: {
        answer: cold({ marbles: ' -C--T---D--(F|)', values: { ...pieces, T: chunk.toolCall('find') }, subscriptions: '^----------!' }),
      },
      code: "replaceText('ACME', 'Acme')",
      operator: ({ answer }) => answer.pipe(replaceText('ACME', 'Acme')),
      result: { marbles: '       -X--(ZT)D--(F|)', values: { ...pieces, ...replaced, T: chunk.toolCall('find') } },
    }),
    entry({
      title: 'replaceText lets out what it holds, then passes the error on',
      sources: {
        answer: cold({ marbles: ' -C--#', values: pieces, subscriptions: '^---!' }),
      },
      code: "replaceText('ACME', 'Acme')",
      operator: ({ answer }) => answer.pipe(replaceText('ACME', 'Acme')),
      result: { marbles: '       -X--(Z#)', values: replaced },
    }),
    entry({
      title: 'replaceText drops what it holds when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -A--B--C--D--(F|)', values: pieces, subscriptions: '^--------!' }),
      },
      unsubscribe: '             ---------!',
      code: "replaceText('ACME', 'Acme')",
      operator: ({ answer }) => answer.pipe(replaceText('ACME', 'Acme')),
      result: { marbles: '       -V--W--X', values: replaced },
    }),
  ],
};
