import { text } from '../operators/text.js';
import { ValidationError } from '../src/core/errors.js';
import { chunk } from './alphabet.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry } from './table.js';

const strings = { a: 'a', b: 'b', c: 'c' };

export const textTable: MarbleTable = {
  operator: 'text',
  entries: [
    entry({
      title: 'text emits the answer alone: no reasoning, no tools',
      sources: {
        answer: cold({
          marbles: '             -R-a-C-----D-----b-(F|)',
          values: { C: chunk.toolCall('add', { a: 2, b: 3 }), D: chunk.toolResult('add', 5) },
          subscriptions: '       ^------------------!',
        }),
      },
      code: 'text()',
      operator: ({ answer }) => answer.pipe(text()),
      result: { marbles: '       ---a-------------b-|', values: strings },
    }),
    entry({
      title: 'text cannot take strings back: a restart is an error',
      sources: {
        answer: cold({
          marbles: '             -a-b-X-c-(F|)',
          values: { X: chunk.restart('disconnected') },
          subscriptions: '       ^----!',
        }),
      },
      code: 'text()',
      operator: ({ answer }) => answer.pipe(text()),
      result: { marbles: '       -a-b-#', values: strings, error: like({ name: new ValidationError('').name }) },
    }),
    entry({
      title: 'text({ onRestart }) says how to retract',
      sources: {
        answer: cold({
          marbles: '             -a-b-X-c-(F|)',
          values: { X: chunk.restart('disconnected') },
          subscriptions: '       ^--------!',
        }),
      },
      code: "text({ onRestart: () => '\\r' })",
      operator: ({ answer }) => answer.pipe(text({ onRestart: () => '\r' })),
      result: { marbles: '       -a-b-X-c-|', values: { ...strings, X: '\r' } },
    }),
    entry({
      title: 'text passes an error on',
      sources: {
        answer: cold({ marbles: ' -a-b-#', subscriptions: '^----!' }),
      },
      code: 'text()',
      operator: ({ answer }) => answer.pipe(text()),
      result: { marbles: '       -a-b-#', values: strings },
    }),
    entry({
      title: 'text stops the source when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -a-b-c-(F|)', subscriptions: '^---!' }),
      },
      unsubscribe: '             ----!',
      code: 'text()',
      operator: ({ answer }) => answer.pipe(text()),
      result: { marbles: '       -a-b', values: strings },
    }),
  ],
};
