import { accumulate } from '../operators/accumulate.js';
import { chunk } from './alphabet.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry } from './table.js';

export const accumulateTable: MarbleTable = {
  operator: 'accumulate',
  entries: [
    entry({
      title: 'accumulate emits the answer so far for every chunk',
      sources: {
        answer: cold({ marbles: ' -a-b-c-(F|)', subscriptions: '^------!' }),
      },
      code: 'accumulate()',
      operator: ({ answer }) => answer.pipe(accumulate()),
      result: {
        marbles: '               -A-B-C-(F|)',
        values: {
          A: like({ completeText: 'a', chunkCount: 1, finishReason: undefined }),
          B: like({ completeText: 'ab', chunkCount: 2 }),
          C: like({ completeText: 'abc', chunkCount: 3, firstChunkMs: 1, durationMs: 5 }),
          F: like({ completeText: 'abc', chunkCount: 4, finishReason: 'stop', durationMs: 7 }),
        },
      },
    }),
    entry({
      title: 'accumulate takes back what a restart makes void',
      sources: {
        answer: cold({
          marbles: '             -a-b-X-c-(F|)',
          values: { X: chunk.restart('disconnected') },
          subscriptions: '       ^--------!',
        }),
      },
      code: 'accumulate()',
      operator: ({ answer }) => answer.pipe(accumulate()),
      result: {
        marbles: '               -A-B-X-C-(F|)',
        values: {
          A: like({ completeText: 'a' }),
          B: like({ completeText: 'ab' }),
          X: like({ completeText: '' }),
          C: like({ completeText: 'c' }),
          F: like({ completeText: 'c', finishReason: 'stop' }),
        },
      },
    }),
    entry({
      title: 'accumulate passes an error on',
      sources: {
        answer: cold({ marbles: ' -a-b-#', subscriptions: '^----!' }),
      },
      code: 'accumulate()',
      operator: ({ answer }) => answer.pipe(accumulate()),
      result: {
        marbles: '               -A-B-#',
        values: { A: like({ completeText: 'a' }), B: like({ completeText: 'ab' }) },
      },
    }),
    entry({
      title: 'accumulate stops the source when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -a-b-c-(F|)', subscriptions: '^---!' }),
      },
      unsubscribe: '             ----!',
      code: 'accumulate()',
      operator: ({ answer }) => answer.pipe(accumulate()),
      result: {
        marbles: '               -A-B',
        values: { A: like({ completeText: 'a' }), B: like({ completeText: 'ab' }) },
      },
    }),
  ],
};
