import { type StreamState, toState } from '../operators/to-state.js';
import { chunk } from './alphabet.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry } from './table.js';

/** The two fields that a view shows first. */
function label(value: unknown): string {
  // The tables below hand it nothing else than the states of `toState`.
  const { status, text } = value as StreamState;
  return text === '' ? status : `${status} ${text}`;
}

const state = (status: StreamState['status'], text = ''): unknown => like({ status, text });

export const toStateTable: MarbleTable = {
  operator: 'to-state',
  entries: [
    entry({
      title: 'toState says where an answer stands, from the moment of subscribing',
      sources: { answer: cold({ marbles: '---a-b-(F|)', subscriptions: '^------!' }) },
      code: 'toState()',
      operator: ({ answer }) => answer.pipe(toState()),
      result: {
        marbles: 'W--A-B-(D|)',
        values: { W: state('waiting'), A: state('streaming', 'a'), B: state('streaming', 'ab'), D: state('done', 'ab') },
        label,
      },
    }),
    entry({
      title: 'toState is tools while a call has no result',
      sources: {
        answer: cold({
          marbles: '-C--R-a-(F|)',
          values: { C: chunk.toolCall('add'), R: chunk.toolResult('add', 5) },
          subscriptions: '^-------!',
        }),
      },
      code: 'toState()',
      operator: ({ answer }) => answer.pipe(toState()),
      result: {
        marbles: 'WT--S-A-(D|)',
        values: { W: state('waiting'), T: state('tools'), S: state('streaming'), A: state('streaming', 'a'), D: state('done', 'a') },
        label,
      },
    }),
    entry({
      title: 'toState never errors: a failure is the last state',
      sources: { answer: cold({ marbles: '-a-#', subscriptions: '^--!' }) },
      code: 'toState()',
      operator: ({ answer }) => answer.pipe(toState()),
      result: {
        marbles: 'WA-(X|)',
        values: { W: state('waiting'), A: state('streaming', 'a'), X: state('failed', 'a') },
        label,
      },
    }),
    entry({
      title: 'toState stops the source when the subscriber leaves',
      sources: { answer: cold({ marbles: '-a-b-(F|)', subscriptions: '^-!' }) },
      unsubscribe: '--!',
      code: 'toState()',
      operator: ({ answer }) => answer.pipe(toState()),
      result: { marbles: 'WA', values: { W: state('waiting'), A: state('streaming', 'a') }, label },
    }),
  ],
};
