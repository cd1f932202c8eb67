import { verifyStream } from '../operators/verify-stream.js';
import { chunk } from './alphabet.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry } from './table.js';

const violation = like({ name: 'ProtocolError' });

export const verifyStreamTable: MarbleTable = {
  operator: 'verify-stream',
  entries: [
    entry({
      title: 'verifyStream passes a valid run',
      sources: {
        run: cold({
          marbles: '             -C---D---a-S-(F|)',
          values: { C: chunk.toolCall('add', { a: 2, b: 3 }), D: chunk.toolResult('add', 5), S: chunk.step('stop') },
          subscriptions: '       ^------------!',
        }),
      },
      code: 'verifyStream()',
      operator: ({ run }) => run.pipe(verifyStream()),
      result: {
        marbles: '               -C---D---a-S-(F|)',
        values: { C: chunk.toolCall('add', { a: 2, b: 3 }), D: chunk.toolResult('add', 5), S: chunk.step('stop') },
      },
    }),
    entry({
      title: 'verifyStream: nothing may come after finish',
      sources: {
        run: cold({ marbles: '    -a-F-b-|', subscriptions: '^----!' }),
      },
      code: 'verifyStream()',
      operator: ({ run }) => run.pipe(verifyStream()),
      result: { marbles: '       -a-F-#', error: violation },
    }),
    entry({
      title: 'verifyStream: a run may not end with an open tool call',
      sources: {
        run: cold({
          marbles: '             -C---S---(F|)',
          values: { C: chunk.toolCall('add', { a: 2, b: 3 }), S: chunk.step('tool-calls') },
          subscriptions: '       ^--------!',
        }),
      },
      code: 'verifyStream()',
      operator: ({ run }) => run.pipe(verifyStream()),
      result: {
        marbles: '               -C---S---#',
        values: { C: chunk.toolCall('add', { a: 2, b: 3 }), S: chunk.step('tool-calls') },
        error: violation,
      },
    }),
    entry({
      title: 'verifyStream: a stream that merely stops is not whole',
      sources: {
        run: cold({ marbles: '    -a-b-|', subscriptions: '^----!' }),
      },
      code: 'verifyStream()',
      operator: ({ run }) => run.pipe(verifyStream()),
      result: { marbles: '       -a-b-#', error: violation },
    }),
    entry({
      title: 'verifyStream passes an error of the source as it is',
      sources: {
        run: cold({ marbles: '    -a-b-#', subscriptions: '^----!' }),
      },
      code: 'verifyStream()',
      operator: ({ run }) => run.pipe(verifyStream()),
      result: { marbles: '       -a-b-#' },
    }),
    entry({
      title: 'verifyStream: leaving early breaks no rule',
      sources: {
        run: cold({ marbles: '    -a-b-(F|)', subscriptions: '^---!' }),
      },
      unsubscribe: '             ----!',
      code: 'verifyStream()',
      operator: ({ run }) => run.pipe(verifyStream()),
      result: { marbles: '       -a-b' },
    }),
  ],
};
