import { of } from 'rxjs';
import { interceptToolCalls } from '../operators/intercept-tool-calls.js';
import { type ToolEvent, denied, result } from '../src/core/tool.js';
import { chunk } from './alphabet.js';
import { type MarbleTable, cold, entry } from './table.js';

const call = chunk.toolCall('add', { a: 2, b: 3 });
const five = chunk.toolResult('add', 5);
const other = chunk.toolCall('now', {});
const noon = chunk.toolResult('now', 'noon');
const finish = chunk.finish('tool-calls');
const half: ToolEvent = { type: 'tool-progress', progress: '50%' };

export const interceptToolCallsTable: MarbleTable = {
  operator: 'intercept-tool-calls',
  entries: [
    entry({
      title: 'interceptToolCalls runs the tool while text goes on; finish waits for it',
      sources: {
        answer: cold({ marbles: ' -a-C-b-(F|)', values: { C: call, F: finish }, subscriptions: '   ^------!' }),
        add: cold({ marbles: '      --P----(R|)', values: { P: half, R: result(5) }, subscriptions: '---^------!' }),
      },
      code: 'interceptToolCalls(() => add)',
      operator: ({ answer, add }) => answer.pipe(interceptToolCalls(() => add)),
      result: {
        marbles: '               -a-C-(bP)-(RF|)',
        values: { C: call, P: chunk.toolProgress('add', '50%'), R: five, F: finish },
      },
    }),
    entry({
      title: 'interceptToolCalls runs calls in parallel; each reports when it ends',
      sources: {
        answer: cold({ marbles: ' -C---N---(F|)', values: { C: call, N: other, F: finish }, subscriptions: '^--------!' }),
        add: cold({ marbles: '    -----------(R|)', values: { R: result(5) }, subscriptions: ' -^----------!' }),
        now: cold({ marbles: '        --(R|)', values: { R: result('noon') }, subscriptions: '-----^-!' }),
      },
      code: "interceptToolCalls((call) => call.toolName === 'add' ? add : now)",
      operator: ({ answer, add, now }) =>
        answer.pipe(interceptToolCalls((call) => call.toolName === 'add' ? add : now)),
      result: {
        marbles: '               -C---N-M----(RF|)',
        values: { C: call, N: other, M: noon, R: five, F: finish },
      },
    }),
    entry({
      title: 'interceptToolCalls: an interceptor can refuse',
      sources: {
        answer: cold({ marbles: ' -C-----(F|)', values: { C: call, F: finish }, subscriptions: '^------!' }),
      },
      code: "interceptToolCalls(() => of(denied('no')))",
      operator: ({ answer }) => answer.pipe(interceptToolCalls(() => of(denied('no')))),
      result: {
        marbles: '               -(CD)--(F|)',
        values: { C: call, D: chunk.toolError('add', 'The call was denied: no'), F: finish },
      },
    }),
    entry({
      title: 'interceptToolCalls: a restart ends the tools of the void attempt',
      sources: {
        answer: cold({
          marbles: '             -C---X-b-(F|)',
          values: { C: call, X: chunk.restart('disconnected') },
          subscriptions: '       ^--------!',
        }),
        add: cold({ marbles: '    -----------(R|)', values: { R: result(5) }, subscriptions: '-^---!' }),
      },
      code: 'interceptToolCalls(() => add)',
      operator: ({ answer, add }) => answer.pipe(interceptToolCalls(() => add)),
      result: { marbles: '       -C---X-b-(F|)', values: { C: call, X: chunk.restart('disconnected') } },
    }),
    entry({
      title: 'interceptToolCalls: when the stream fails, its tools stop at once',
      sources: {
        answer: cold({ marbles: ' -C---#', values: { C: call }, subscriptions: '               ^----!' }),
        add: cold({ marbles: '    -----------(R|)', values: { R: result(5) }, subscriptions: '-^---!' }),
      },
      code: 'interceptToolCalls(() => add)',
      operator: ({ answer, add }) => answer.pipe(interceptToolCalls(() => add)),
      result: { marbles: '       -C---#', values: { C: call } },
    }),
    entry({
      title: 'interceptToolCalls: leaving stops the request and the tools',
      sources: {
        answer: cold({ marbles: ' -C---b-(F|)', values: { C: call, F: finish }, subscriptions: '^-----!' }),
        add: cold({ marbles: '    -----------(R|)', values: { R: result(5) }, subscriptions: ' -^----!' }),
      },
      unsubscribe: '             ------!',
      code: 'interceptToolCalls(() => add)',
      operator: ({ answer, add }) => answer.pipe(interceptToolCalls(() => add)),
      result: { marbles: '       -C---b', values: { C: call } },
    }),
  ],
};
