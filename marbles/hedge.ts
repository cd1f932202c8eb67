import { hedge } from '../operators/hedge.js';
import { type MarbleTable, cold, entry } from './table.js';

export const hedgeTable: MarbleTable = {
  operator: 'hedge',
  entries: [
    entry({
      title: 'hedge starts no other stream when the first chunk comes in time',
      sources: {
        first: cold({ marbles: ' --a-b-(F|)', subscriptions: '^-----!' }),
        second: cold({ marbles: '-c-(F|)', subscriptions: [] }),
      },
      code: 'hedge([() => second], { afterMs: 4 })',
      operator: ({ first, second }) => first.pipe(hedge([() => second], { afterMs: 4 })),
      result: { marbles: '      --a-b-(F|)' },
    }),
    entry({
      title: 'hedge: the other speaks first, so the slow one is cancelled',
      sources: {
        first: cold({ marbles: ' ----------a-(F|)', subscriptions: '^-----!' }),
        second: cold({ marbles: '    --c-d-(F|)', subscriptions: '  ----^-----!' }),
      },
      code: 'hedge([() => second], { afterMs: 4 })',
      operator: ({ first, second }) => first.pipe(hedge([() => second], { afterMs: 4 })),
      result: { marbles: '      ------c-d-(F|)' },
    }),
    entry({
      title: 'hedge: the first speaks after all, so the other is cancelled',
      sources: {
        first: cold({ marbles: ' -----a-b-(F|)', subscriptions: '^--------!' }),
        second: cold({ marbles: '    ---c', subscriptions: '     ----^!' }),
      },
      code: 'hedge([() => second], { afterMs: 4 })',
      operator: ({ first, second }) => first.pipe(hedge([() => second], { afterMs: 4 })),
      result: { marbles: '      -----a-b-(F|)' },
    }),
    entry({
      title: 'hedge passes an error when no other stream runs',
      sources: {
        first: cold({ marbles: ' --#', subscriptions: '^-!' }),
        second: cold({ marbles: '-c-(F|)', subscriptions: [] }),
      },
      code: 'hedge([() => second], { afterMs: 4 })',
      operator: ({ first, second }) => first.pipe(hedge([() => second], { afterMs: 4 })),
      result: { marbles: '      --#' },
    }),
    entry({
      title: 'hedge stops every stream when the subscriber leaves',
      sources: {
        first: cold({ marbles: ' --------a', subscriptions: '^-----!' }),
        second: cold({ marbles: '    ----c', subscriptions: '----^-!' }),
      },
      unsubscribe: '            ------!',
      code: 'hedge([() => second], { afterMs: 4 })',
      operator: ({ first, second }) => first.pipe(hedge([() => second], { afterMs: 4 })),
      result: { marbles: '      ------' },
    }),
  ],
};
