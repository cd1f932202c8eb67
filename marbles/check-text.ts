import { map, timer } from 'rxjs';
import { checkText } from '../operators/check-text.js';
import { chunk } from './alphabet.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry } from './table.js';

const blocked = (partialResponse: string): unknown => like({ name: 'StreamInterruptedError', reason: 'blocked', partialResponse });

export const checkTextTable: MarbleTable = {
  operator: 'check-text',
  entries: [
    entry({
      title: 'checkText passes what the check allows',
      sources: {
        answer: cold({ marbles: ' -a-b-c-(F|)', subscriptions: '^------!' }),
      },
      code: "checkText((text) => !text.includes('x'))",
      operator: ({ answer }) => answer.pipe(checkText((text) => !text.includes('x'))),
      result: { marbles: '       -a-b-c-(F|)' },
    }),
    entry({
      title: 'checkText interrupts when the check refuses: the text never goes out',
      sources: {
        answer: cold({ marbles: ' -a-b-x-c-(F|)', subscriptions: '^----!' }),
      },
      code: "checkText((text) => !text.includes('x'))",
      operator: ({ answer }) => answer.pipe(checkText((text) => !text.includes('x'))),
      result: { marbles: '       -a-b-#', error: blocked('ab') },
    }),
    entry({
      title: 'checkText: while a check runs, text gathers for the next',
      sources: {
        answer: cold({
          marbles: '             -a-b-c-T---------(F|)',
          values: { T: chunk.toolCall('add') },
          subscriptions: '       ^----------------!',
        }),
      },
      code: 'checkText(() => timer(5).pipe(map(() => true)))',
      operator: ({ answer }) => answer.pipe(checkText(() => timer(5).pipe(map(() => true)))),
      result: { marbles: '       ------a----(bcT)-(F|)', values: { T: chunk.toolCall('add') } },
    }),
    entry({
      title: 'checkText passes an error on when the text before it is checked',
      sources: {
        answer: cold({ marbles: ' -a-#', subscriptions: '^--!' }),
      },
      code: 'checkText(() => timer(5).pipe(map(() => true)))',
      operator: ({ answer }) => answer.pipe(checkText(() => timer(5).pipe(map(() => true)))),
      result: { marbles: '       ------(a#)' },
    }),
    entry({
      title: 'checkText drops the check that runs when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -a-------b-c-(F|)', subscriptions: '^----------!' }),
      },
      unsubscribe: '             -----------!',
      code: 'checkText(() => timer(5).pipe(map(() => true)))',
      operator: ({ answer }) => answer.pipe(checkText(() => timer(5).pipe(map(() => true)))),
      result: { marbles: '       ------a' },
    }),
  ],
};
