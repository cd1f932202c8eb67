import { fallbackTo } from '../operators/fallback-to.js';
import { ProviderError, StreamInterruptedError } from '../src/core/errors.js';
import { StreamingResponse } from '../src/core/response.js';
import { chunk } from './alphabet.js';
import { type MarbleTable, cold, entry } from './table.js';

const unavailable = new ProviderError('The model is not there.', { provider: 'first', model: 'model', status: 404 });
const disconnected = new StreamInterruptedError('The connection broke.', { reason: 'disconnected', partial: new StreamingResponse().end() });

export const fallbackToTable: MarbleTable = {
  operator: 'fallback-to',
  entries: [
    entry({
      title: 'fallbackTo leaves a stream that works alone',
      sources: {
        first: cold({ marbles: ' -a-b-(F|)', subscriptions: '^----!' }),
        second: cold({ marbles: '-c-(F|)', subscriptions: [] }),
      },
      code: 'fallbackTo(() => second)',
      operator: ({ first, second }) => first.pipe(fallbackTo(() => second)),
      result: { marbles: '      -a-b-(F|)' },
    }),
    entry({
      title: 'fallbackTo asks another provider when the first fails before it speaks',
      sources: {
        first: cold({ marbles: ' --#', error: unavailable, subscriptions: '^-!' }),
        second: cold({ marbles: '  -c-d-(F|)', subscriptions: '           --^----!' }),
      },
      code: 'fallbackTo(() => second)',
      operator: ({ first, second }) => first.pipe(fallbackTo(() => second)),
      result: { marbles: '      ---c-d-(F|)' },
    }),
    entry({
      title: "fallbackTo({ mode: 'restart' }): the second provider begins anew",
      sources: {
        first: cold({ marbles: ' -a-b#', error: disconnected, subscriptions: '^---!' }),
        second: cold({ marbles: '    --c---(F|)', subscriptions: '            ----^-----!' }),
      },
      code: "fallbackTo({ next: [() => second], mode: 'restart' })",
      operator: ({ first, second }) => first.pipe(fallbackTo({ next: [() => second], mode: 'restart' })),
      result: { marbles: '      -a-b--(Xc)(F|)', values: { X: chunk.restart('disconnected') } },
    }),
    entry({
      title: 'fallbackTo passes an error after the first chunk by default',
      sources: {
        first: cold({ marbles: ' -a-b#', error: disconnected, subscriptions: '^---!' }),
        second: cold({ marbles: '-c-(F|)', subscriptions: [] }),
      },
      code: 'fallbackTo(() => second)',
      operator: ({ first, second }) => first.pipe(fallbackTo(() => second)),
      result: { marbles: '      -a-b#', error: disconnected },
    }),
    entry({
      title: 'fallbackTo stops the stream that runs when the subscriber leaves',
      sources: {
        first: cold({ marbles: ' --#', error: unavailable, subscriptions: '^-!' }),
        second: cold({ marbles: '  -c-d-(F|)', subscriptions: '           --^--!' }),
      },
      unsubscribe: '            -----!',
      code: 'fallbackTo(() => second)',
      operator: ({ first, second }) => first.pipe(fallbackTo(() => second)),
      result: { marbles: '      ---c-' },
    }),
  ],
};
