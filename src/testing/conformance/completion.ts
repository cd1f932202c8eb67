import type { Completion } from '../../core/provider.js';
import { expectEqual } from './expect.js';
import { settled } from './receive.js';
import type { Reply } from './server.js';
import { answer, type ConformanceCheck, type Trial, usage } from './trial.js';

/** Answers without streaming. */
export const completionCases: Readonly<Record<string, ConformanceCheck>> = {
  'an answer by complete()': async (trial) => {
    const { content, toolCalls, finishReason, usage: counts } = await complete(trial);
    expectEqual('the content of complete()', content, answer);
    expectEqual('the tool calls of complete()', toolCalls, []);
    expectEqual('the finishReason of complete()', finishReason, 'stop');
    const { inputTokens, outputTokens, totalTokens } = counts ?? {};
    const total = usage.inputTokens + usage.outputTokens;
    expectEqual('the usage of complete()', { inputTokens, outputTokens, totalTokens }, { ...usage, totalTokens: total });
  },
};

function complete(trial: Trial): Promise<Completion> {
  trial.replyWith(wholeAnswer(trial));
  return settled(trial.provider.complete(trial.request), trial.timeoutMs, 'complete() neither answered nor rejected');
}

/** The body that the dialect has for it; a provider whose dialect has none collects a stream. */
function wholeAnswer(trial: Trial): Reply {
  const completion = trial.dialect.completion?.(answer, usage);
  if (completion === undefined) return trial.body(trial.opening() + trial.ending());
  return trial.json(200, completion);
}
