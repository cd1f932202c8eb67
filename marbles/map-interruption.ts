import { mapInterruption } from '../operators/map-interruption.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry } from './table.js';

const socketError = new Error('socket hang up');

export const mapInterruptionTable: MarbleTable = {
  operator: 'map-interruption',
  entries: [
    entry({
      title: 'mapInterruption passes an answer that is whole',
      sources: {
        answer: cold({ marbles: ' -a-b-(F|)', subscriptions: '^----!' }),
      },
      code: 'mapInterruption()',
      operator: ({ answer }) => answer.pipe(mapInterruption()),
      result: { marbles: '       -a-b-(F|)' },
    }),
    entry({
      title: 'mapInterruption: an error after the first chunk carries what came',
      sources: {
        answer: cold({ marbles: ' -a-b-#', error: socketError, subscriptions: '^----!' }),
      },
      code: 'mapInterruption()',
      operator: ({ answer }) => answer.pipe(mapInterruption()),
      result: {
        marbles: '               -a-b-#',
        error: like({ name: 'StreamInterruptedError', reason: 'failed', partialResponse: 'ab', cause: socketError }),
      },
    }),
    entry({
      title: 'mapInterruption: a stream that merely stops is an interruption',
      sources: {
        answer: cold({ marbles: ' -a-b-|', subscriptions: '^----!' }),
      },
      code: 'mapInterruption()',
      operator: ({ answer }) => answer.pipe(mapInterruption()),
      result: {
        marbles: '               -a-b-#',
        error: like({ name: 'StreamInterruptedError', reason: 'truncated', partialResponse: 'ab' }),
      },
    }),
    entry({
      title: 'mapInterruption: an error before the first chunk passes as it is',
      sources: {
        answer: cold({ marbles: ' ---#', error: socketError, subscriptions: '^--!' }),
      },
      code: 'mapInterruption()',
      operator: ({ answer }) => answer.pipe(mapInterruption()),
      result: { marbles: '       ---#', error: socketError },
    }),
    entry({
      title: 'mapInterruption: leaving early is no error',
      sources: {
        answer: cold({ marbles: ' -a-b-(F|)', subscriptions: '^---!' }),
      },
      unsubscribe: '             ----!',
      code: 'mapInterruption()',
      operator: ({ answer }) => answer.pipe(mapInterruption()),
      result: { marbles: '       -a-b' },
    }),
  ],
};
