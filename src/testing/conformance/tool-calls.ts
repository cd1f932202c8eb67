import { ValidationError } from '../../core/errors.js';
import { expectEqual, violation } from './expect.js';
import { expectFinished, expectInterrupted } from './receive.js';
import { type ConformanceCheck, type Trial, usage } from './trial.js';

/** Ends the last fragment of the arguments. Plain letters: they are the same in JSON text and in a string that holds JSON text. */
const lastWord = 'rich';
const call = { toolCallId: 'call_1', toolName: 'weather', fragments: ['{"ci', 'ty":"Zü', `${lastWord}"}`] };
const tools = [{ name: call.toolName, parameters: { type: 'object', properties: { city: { type: 'string' } } } }];

/** A call comes whole or not at all. */
export const toolCallCases: Readonly<Record<string, ConformanceCheck>> = {
  'a tool call': async (trial) => {
    const received = await trial.receive(trial.body(trial.frame(trial.dialect.toolCall(call, usage))), { tools });
    const finish = expectFinished(received);
    const calls = received.chunks.filter((chunk) => chunk.type === 'tool-call');
    const heard = calls.map(({ toolCallId, toolName, input }) => ({ toolCallId, toolName, input }));
    expectEqual('the tool calls', heard, [{ toolCallId: 'call_1', toolName: 'weather', input: { city: 'Zürich' } }]);
    expectEqual('finishReason', finish.finishReason, 'tool-calls');
  },

  'a tool call that is cut': async (trial) => {
    for (const body of cutBodies(trial)) {
      await expectNoCall(trial, body, 'cut');
      await expectNoCall(trial, body, 'end');
    }
  },
};

/** The beginnings of the answer that end before the arguments do: between two events, and inside the last of them. */
function cutBodies(trial: Trial): readonly string[] {
  const frames = trial.dialect.toolCall(call, usage).map((event) => trial.frame([event]));
  const last = frames.findIndex((text) => text.includes(lastWord));
  const half = frames[last]?.split(lastWord, 1)[0];
  if (half === undefined) throw new ValidationError('`dialect.toolCall` must send the fragments of the arguments.');
  const between = frames.slice(0, last).map((_, index) => frames.slice(0, index + 1).join(''));
  return [...between, frames.slice(0, last).join('') + half];
}

async function expectNoCall(trial: Trial, body: string, end: 'cut' | 'end'): Promise<void> {
  const received = await trial.receive(trial.body(body, end), { tools });
  const early = received.chunks.find((chunk) => chunk.type === 'tool-call');
  if (early !== undefined) {
    throw violation(`a tool-call chunk with the input ${JSON.stringify(early.input)} came; its arguments were cut, so there is no call`);
  }
  expectInterrupted(received, end === 'cut' ? 'disconnected' : 'truncated', '');
}
