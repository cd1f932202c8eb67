import { chunkTimeout } from '../operators/chunk-timeout.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry } from './table.js';

const timeout = (phase: string, partialResponse: string): unknown =>
  like({ name: 'StreamInterruptedError', reason: 'timeout', phase, partialResponse });

export const chunkTimeoutTable: MarbleTable = {
  operator: 'chunk-timeout',
  entries: [
    entry({
      title: 'chunkTimeout passes an answer that keeps pace',
      sources: {
        answer: cold({ marbles: ' ---a--b-c-(F|)', subscriptions: '^---------!' }),
      },
      code: 'chunkTimeout({ first: 5, each: 3 })',
      operator: ({ answer }) => answer.pipe(chunkTimeout({ first: 5, each: 3 })),
      result: { marbles: '       ---a--b-c-(F|)' },
    }),
    entry({
      title: 'chunkTimeout({ each }): a silence within the answer',
      sources: {
        answer: cold({ marbles: ' -a-b-------c-(F|)', subscriptions: '^-----!' }),
      },
      code: 'chunkTimeout({ each: 3 })',
      operator: ({ answer }) => answer.pipe(chunkTimeout({ each: 3 })),
      result: { marbles: '       -a-b--#', error: timeout('each', 'ab') },
    }),
    entry({
      title: 'chunkTimeout({ first }): the model does not begin',
      sources: {
        answer: cold({ marbles: ' --------a-(F|)', subscriptions: '^----!' }),
      },
      code: 'chunkTimeout({ first: 5, each: 3 })',
      operator: ({ answer }) => answer.pipe(chunkTimeout({ first: 5, each: 3 })),
      result: { marbles: '       -----#', error: timeout('first', '') },
    }),
    entry({
      title: 'chunkTimeout({ total }): an answer without end',
      sources: {
        answer: cold({ marbles: ' -a-b-c-d-e-f-g', subscriptions: '^-------!' }),
      },
      code: 'chunkTimeout({ total: 8 })',
      operator: ({ answer }) => answer.pipe(chunkTimeout({ total: 8 })),
      result: { marbles: '       -a-b-c-d#', error: timeout('total', 'abcd') },
    }),
    entry({
      title: 'chunkTimeout passes an error of the source',
      sources: {
        answer: cold({ marbles: ' -a-b-#', subscriptions: '^----!' }),
      },
      code: 'chunkTimeout({ each: 3 })',
      operator: ({ answer }) => answer.pipe(chunkTimeout({ each: 3 })),
      result: { marbles: '       -a-b-#' },
    }),
    entry({
      title: 'chunkTimeout: nothing times out when the subscriber has left',
      sources: {
        answer: cold({ marbles: ' -a-b-------c', subscriptions: '^---!' }),
      },
      unsubscribe: '             ----!',
      code: 'chunkTimeout({ each: 3 })',
      operator: ({ answer }) => answer.pipe(chunkTimeout({ each: 3 })),
      result: { marbles: '       -a-b' },
    }),
  ],
};
