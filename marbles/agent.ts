import type { Observable } from 'rxjs';
import { Agent } from '../src/agent/agent.js';
import type { ToolSchema } from '../src/agent/tool-schema.js';
import { type Tool, tool } from '../src/agent/tools.js';
import { marbleProvider } from '../src/testing/marble-provider.js';
import { withSignal } from './abort-signal.js';
import { chunk } from './alphabet.js';
import { like } from './equality.js';
import { type MarbleTable, cold, entry, hot } from './table.js';

const call = chunk.toolCall('add', { a: 2, b: 3 });

/** The smallest Standard Schema: any object. */
const anyObject: ToolSchema = {
  '~standard': {
    version: 1,
    vendor: 'agenticraft',
    validate: (value) => ({ value }),
    jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
  },
};

/** A tool whose result is that of a stream of the diagram. */
function addTool(output$: Observable<unknown>): Tool {
  return tool({ name: 'add', description: 'Adds two numbers.', parameters: anyObject, execute: () => output$ });
}

export const agentTable: MarbleTable = {
  operator: 'agent',
  entries: [
    entry({
      title: 'Agent: a plain answer is one model call, a step and the finish',
      sources: {
        'model call': cold({ marbles: ' -a-b-(F|)', subscriptions: '^----!' }),
      },
      code: "agent.stream$('Hello')",
      operator: ({ 'model call': answer }) => {
        const agent = new Agent({ provider: marbleProvider(answer) });
        return agent.stream$('Hello');
      },
      result: {
        marbles: '                      -a-b-(SF|)',
        values: { S: chunk.step('stop') },
      },
    }),
    entry({
      title: 'Agent: a tool round. The model calls, the tool answers, the model goes on',
      sources: {
        'model call 1': cold({
          marbles: '                      -C-(T|)',
          values: { C: call, T: chunk.finish('tool-calls') },
          subscriptions: '                ^--!',
        }),
        add: cold({ marbles: '             ---(r|)', values: { r: 5 }, subscriptions: '-^--!' }),
        'model call 2': cold({ marbles: '      -----a-b-(F|)', subscriptions: '     ----^--------!' }),
      },
      code: "agent.stream$('What is 2 + 3?')",
      operator: ({ 'model call 1': call1, add, 'model call 2': call2 }) => {
        const agent = new Agent({ provider: marbleProvider(call1, call2), tools: [addTool(add)] });
        return agent.stream$('What is 2 + 3?');
      },
      result: {
        marbles: '                        -C--(DS)-a-b-(ZF|)',
        values: {
          C: call,
          D: chunk.toolResult('add', 5),
          S: chunk.step('tool-calls'),
          Z: chunk.step('stop', { stepIndex: 1 }),
        },
      },
    }),
    entry({
      title: 'Agent: an abort stops the request and the tool, and keeps what came',
      sources: {
        'model call': cold({ marbles: ' -a-C-b---c-(F|)', values: { C: call }, subscriptions: '^-------!' }),
        add: cold({ marbles: '             ---------(r|)', values: { r: 5 }, subscriptions: '  ---^----!' }),
        stop: hot({ marbles: '         --------s', values: { s: 'stop' }, subscriptions: '   ^-------!' }),
      },
      code: "agent.stream$('What is 2 + 3?', { signal })",
      operator: ({ 'model call': answer, add, stop }) => {
        const agent = new Agent({ provider: marbleProvider(answer), tools: [addTool(add)] });
        return withSignal(stop, (signal) => agent.stream$('What is 2 + 3?', { signal }));
      },
      result: {
        marbles: '                      -a-C-b--#',
        values: { C: call },
        error: like({ name: 'StreamInterruptedError', reason: 'aborted', partialResponse: 'ab', cause: 'stop' }),
      },
    }),
  ],
};
