import { smooth } from '../operators/smooth.js';
import { chunk } from './alphabet.js';
import { type MarbleTable, cold, entry } from './table.js';

const burst = { B: chunk.text('abc'), W: chunk.text('to be or') };

export const smoothTable: MarbleTable = {
  operator: 'smooth',
  entries: [
    entry({
      title: 'smooth lets characters appear at an even pace',
      sources: {
        answer: cold({ marbles: ' -B 69ms (F|)', values: burst, subscriptions: '^ 70ms !' }),
      },
      code: 'smooth({ charsPerSecond: 50 })',
      operator: ({ answer }) => answer.pipe(smooth({ charsPerSecond: 50 })),
      result: { marbles: '       -a 19ms b 19ms c 29ms (F|)' },
    }),
    entry({
      title: "smooth({ by: 'word' }): a word appears at once",
      sources: {
        answer: cold({ marbles: ' -W 119ms (F|)', values: burst, subscriptions: '^ 120ms !' }),
      },
      code: "smooth({ by: 'word', charsPerSecond: 100 })",
      operator: ({ answer }) => answer.pipe(smooth({ by: 'word', charsPerSecond: 100 })),
      result: {
        marbles: '             -X 29ms Y 89ms (ZF|)',
        values: { X: chunk.text('to '), Y: chunk.text('be '), Z: chunk.text('or') },
      },
    }),
    entry({
      title: 'smooth: a tool call waits for no text',
      sources: {
        answer: cold({ marbles: ' -B 29ms T 29ms (F|)', values: { ...burst, T: chunk.toolCall('add') }, subscriptions: '^ 60ms !' }),
      },
      code: 'smooth({ charsPerSecond: 50 })',
      operator: ({ answer }) => answer.pipe(smooth({ charsPerSecond: 50 })),
      result: { marbles: '       -a 19ms b 9ms (cT) 26ms (F|)', values: { T: chunk.toolCall('add') } },
    }),
    entry({
      title: 'smooth({ maxBuffered }): of a source that cannot pause the surplus goes out at once',
      sources: {
        answer: cold({ marbles: ' -M 69ms |', values: { M: chunk.text('abcdefghijkl') }, subscriptions: '^ 70ms !' }),
      },
      code: 'smooth({ charsPerSecond: 50, maxBuffered: 5 })',
      operator: ({ answer }) => answer.pipe(smooth({ charsPerSecond: 50, maxBuffered: 5 })),
      result: {
        marbles: '             -X 19ms h 19ms i 19ms j 9ms (Y|)',
        values: { X: chunk.text('abcdefg'), Y: chunk.text('kl') },
      },
    }),
    entry({
      title: 'smooth lets out what it holds, then passes the error on',
      sources: {
        answer: cold({ marbles: ' -B 29ms #', values: burst, subscriptions: '^ 30ms !' }),
      },
      code: 'smooth({ charsPerSecond: 50 })',
      operator: ({ answer }) => answer.pipe(smooth({ charsPerSecond: 50 })),
      result: { marbles: '       -a 19ms b 9ms (c#)' },
    }),
    entry({
      title: 'smooth drops what it holds when the subscriber leaves',
      sources: {
        answer: cold({ marbles: ' -B 69ms (F|)', values: burst, subscriptions: '^ 29ms !' }),
      },
      unsubscribe: '             - 29ms !',
      code: 'smooth({ charsPerSecond: 50 })',
      operator: ({ answer }) => answer.pipe(smooth({ charsPerSecond: 50 })),
      result: { marbles: '       -a 19ms b' },
    }),
  ],
};
