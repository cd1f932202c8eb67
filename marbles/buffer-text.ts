import { bufferText } from '../operators/buffer-text.js';
import { chunk } from './alphabet.js';
import { type MarbleTable, cold, entry } from './table.js';

const joined = { X: chunk.text('abc'), Y: chunk.text('de'), Z: chunk.text('ab') };

export const bufferTextTable: MarbleTable = {
  operator: 'buffer-text',
  entries: [
    entry({
      title: 'bufferText({ maxChars }) joins small pieces',
      sources: {
        answer: cold({ marbles: ' -a-b-c-d-e-(F|)', subscriptions: '^----------!' }),
      },
      code: 'bufferText({ maxChars: 3 })',
      operator: ({ answer }) => answer.pipe(bufferText({ maxChars: 3 })),
      result: { marbles: '       -----X-----(YF|)', values: joined },
    }),
    entry({
      title: 'bufferText({ maxDelayMs }) holds no piece for longer',
      sources: {
        answer: cold({ marbles: ' -abc------d-e----(F|)', subscriptions: '^----------------!' }),
      },
      code: 'bufferText({ maxDelayMs: 5 })',
      operator: ({ answer }) => answer.pipe(bufferText({ maxDelayMs: 5 })),
      result: { marbles: '       ------X--------Y-(F|)', values: joined },
    }),
    entry({
      title: 'bufferText: a tool call does not wait',
      sources: {
        answer: cold({ marbles: ' -a-b-T----c-(F|)', values: { T: chunk.toolCall('add') }, subscriptions: '^-----------!' }),
      },
      code: 'bufferText({ maxChars: 3 })',
      operator: ({ answer }) => answer.pipe(bufferText({ maxChars: 3 })),
      result: { marbles: '       -----(ZT)---(cF|)', values: { ...joined, T: chunk.toolCall('add') } },
    }),
    entry({
      title: 'bufferText lets out what it holds, then passes the error on',
      sources: {
        answer: cold({ marbles: ' -a-b-#', subscriptions: '^----!' }),
      },
      code: 'bufferText({ maxChars: 3, maxDelayMs: 9 })',
      operator: ({ answer }) => answer.pipe(bufferText({ maxChars: 3, maxDelayMs: 9 })),
      result: { marbles: '       -----(Z#)', values: joined },
    }),
    entry({
      title: 'bufferText drops what it holds when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -a-b-c-d-e-(F|)', subscriptions: '^-------!' }),
      },
      unsubscribe: '             --------!',
      code: 'bufferText({ maxChars: 3 })',
      operator: ({ answer }) => answer.pipe(bufferText({ maxChars: 3 })),
      result: { marbles: '       -----X', values: joined },
    }),
  ],
};
