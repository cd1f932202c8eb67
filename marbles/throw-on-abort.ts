import { throwOnAbort } from '../operators/throw-on-abort.js';
import { withSignal } from './abort-signal.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry, hot } from './table.js';

export const throwOnAbortTable: MarbleTable = {
  operator: 'throw-on-abort',
  entries: [
    entry({
      title: 'throwOnAbort passes an answer that nobody stops',
      sources: {
        answer: cold({ marbles: ' -a-b-(F|)', subscriptions: '^----!' }),
        stop: hot({ marbles: '   ---------s', values: { s: 'stop' }, subscriptions: '^----!' }),
      },
      code: 'throwOnAbort(signal)',
      operator: ({ answer, stop }) => withSignal(stop, (signal) => answer.pipe(throwOnAbort(signal))),
      result: { marbles: '       -a-b-(F|)' },
    }),
    entry({
      title: 'throwOnAbort: the signal fires, the request stops, the error keeps what came',
      sources: {
        answer: cold({ marbles: ' -a-b-c-(F|)', subscriptions: '^---!' }),
        stop: hot({ marbles: '   ----s', values: { s: 'stop' }, subscriptions: '^---!' }),
      },
      code: 'throwOnAbort(signal)',
      operator: ({ answer, stop }) => withSignal(stop, (signal) => answer.pipe(throwOnAbort(signal))),
      result: {
        marbles: '               -a-b#',
        error: like({ name: 'StreamInterruptedError', reason: 'aborted', partialResponse: 'ab', cause: 'stop' }),
      },
    }),
    entry({
      title: 'throwOnAbort does not subscribe when the signal has fired already',
      sources: {
        answer: cold({ marbles: ' -a-b-(F|)', subscriptions: [] }),
      },
      code: "throwOnAbort(AbortSignal.abort('stop'))",
      operator: ({ answer }) => answer.pipe(throwOnAbort(AbortSignal.abort('stop'))),
      result: {
        marbles: '               #',
        error: like({ name: 'StreamInterruptedError', reason: 'aborted', partialResponse: '', cause: 'stop' }),
      },
    }),
    entry({
      title: 'throwOnAbort passes an error of the source',
      sources: {
        answer: cold({ marbles: ' -a-b-#', subscriptions: '^----!' }),
        stop: hot({ marbles: '   --------s', values: { s: 'stop' }, subscriptions: '^----!' }),
      },
      code: 'throwOnAbort(signal)',
      operator: ({ answer, stop }) => withSignal(stop, (signal) => answer.pipe(throwOnAbort(signal))),
      result: { marbles: '       -a-b-#' },
    }),
    entry({
      title: 'throwOnAbort: the signal says nothing to a subscriber that has left',
      sources: {
        answer: cold({ marbles: ' -a-b-c-(F|)', subscriptions: '^---!' }),
        stop: hot({ marbles: '   ------s', values: { s: 'stop' }, subscriptions: '^---!' }),
      },
      unsubscribe: '             ----!',
      code: 'throwOnAbort(signal)',
      operator: ({ answer, stop }) => withSignal(stop, (signal) => answer.pipe(throwOnAbort(signal))),
      result: { marbles: '       -a-b' },
    }),
  ],
};
