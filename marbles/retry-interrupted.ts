import { type Observable, defer } from 'rxjs';
import { retryInterrupted } from '../operators/retry-interrupted.js';
import { StreamInterruptedError } from '../src/core/errors.js';
import { StreamingResponse } from '../src/core/response.js';
import { chunk } from './alphabet.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry } from './table.js';

const disconnected = new StreamInterruptedError('The connection broke.', { reason: 'disconnected', partial: new StreamingResponse().end() });
const interrupted = like({ name: 'StreamInterruptedError', reason: 'disconnected' });

/** One stream whose first subscription is `first` and whose second is `second`. */
function inTurn<T>(first: Observable<T>, second: Observable<T>): Observable<T> {
  let count = 0;
  return defer(() => (count++ === 0 ? first : second));
}

export const retryInterruptedTable: MarbleTable = {
  operator: 'retry-interrupted',
  entries: [
    entry({
      title: 'retryInterrupted asks again, silently, while nothing was seen',
      sources: {
        'attempt 1': cold({ marbles: '--#', error: disconnected, subscriptions: '^-!' }),
        'attempt 2': cold({ marbles: '     -a-b-(F|)', subscriptions: '-----^----!' }),
      },
      code: 'retryInterrupted({ delay: () => 3 })',
      operator: ({ 'attempt 1': first, 'attempt 2': second }) => inTurn(first, second).pipe(retryInterrupted({ delay: () => 3 })),
      result: { marbles: '           ------a-b-(F|)' },
    }),
    entry({
      title: "retryInterrupted({ mode: 'restart' }): just before the new attempt speaks, the old one is void",
      sources: {
        'attempt 1': cold({ marbles: '-a-b-#', error: disconnected, subscriptions: '^----!' }),
        'attempt 2': cold({ marbles: '        --c---(F|)', subscriptions: '--------^-----!' }),
      },
      code: "retryInterrupted({ mode: 'restart', delay: () => 3 })",
      operator: ({ 'attempt 1': first, 'attempt 2': second }) =>
        inTurn(first, second).pipe(retryInterrupted({ mode: 'restart', delay: () => 3 })),
      result: { marbles: '           -a-b------(Xc)(F|)', values: { X: chunk.restart('disconnected') } },
    }),
    entry({
      title: "retryInterrupted({ mode: 'restart' }): no new attempt speaks, so the old partial is kept",
      sources: {
        'attempt 1': cold({ marbles: '-a-b-#', error: disconnected, subscriptions: '^----!' }),
        'attempt 2': cold({ marbles: '        --#', error: disconnected, subscriptions: '--------^-!' }),
      },
      code: "retryInterrupted({ count: 1, mode: 'restart', delay: () => 3 })",
      operator: ({ 'attempt 1': first, 'attempt 2': second }) =>
        inTurn(first, second).pipe(retryInterrupted({ count: 1, mode: 'restart', delay: () => 3 })),
      result: { marbles: '           -a-b------#', error: interrupted },
    }),
    entry({
      title: 'retryInterrupted: a tool call that has passed is a commit point',
      sources: {
        answer: cold({ marbles: '-a-C-#', values: { C: chunk.toolCall('pay') }, error: disconnected, subscriptions: '^----!' }),
      },
      code: "retryInterrupted({ mode: 'restart' })",
      operator: ({ answer }) => answer.pipe(retryInterrupted({ mode: 'restart' })),
      result: { marbles: '     -a-C-#', values: { C: chunk.toolCall('pay') }, error: interrupted },
    }),
    entry({
      title: 'retryInterrupted passes an error that no further attempt mends',
      sources: { answer: cold({ marbles: '--#', subscriptions: '^-!' }) },
      code: 'retryInterrupted()',
      operator: ({ answer }) => answer.pipe(retryInterrupted()),
      result: { marbles: '               --#' },
    }),
    entry({
      title: 'retryInterrupted makes no further attempt when the subscriber has left',
      sources: { answer: cold({ marbles: '--#', error: disconnected, subscriptions: '^-!' }) },
      unsubscribe: '                     ----!',
      code: 'retryInterrupted({ delay: () => 5 })',
      operator: ({ answer }) => answer.pipe(retryInterrupted({ delay: () => 5 })),
      result: { marbles: '               ----' },
    }),
  ],
};
