import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, from, observeOn, asapScheduler, of, Subject, switchMap, take } from 'rxjs';
import { z } from 'zod';
import { verifyStream } from '../../operators/verify-stream.js';
import { Agent } from '../../src/agent/agent.js';
import { tool } from '../../src/agent/tools.js';
import { PacedSubscription } from '../../src/bridges/paced-subscription.js';
import type { StreamChunk } from '../../src/core/chunk.js';
import type { Provider } from '../../src/core/provider.js';
import { denied, type ToolInterceptor } from '../../src/core/tool.js';
import { fromStream } from '../../src/providers/from-stream.js';
import { scriptedProvider } from '../../src/testing/scripted-provider.js';
import { turn } from './virtual-clock.js';

const toolNames = ['now', 'later', 'iterable', 'observable', 'asking'] as const;
type ToolName = (typeof toolNames)[number];

const parameters = z.object({});

async function* threeValues(): AsyncGenerator<string> {
  for (const value of ['one', 'two', 'three']) {
    await turn();
    yield value;
  }
}

/** Every way in which a tool can answer. `asking` is held by the interceptor below. */
const tools = [
  tool({ name: 'now', description: 'Answers at once.', parameters, execute: () => 'now' }),
  tool({ name: 'later', description: 'Answers later.', parameters, execute: () => turn().then(() => 'later') }),
  tool({ name: 'iterable', description: 'Reports.', parameters, execute: () => threeValues() }),
  tool({ name: 'observable', description: 'Reports.', parameters, execute: () => from(['one', 'two', 'three']).pipe(observeOn(asapScheduler)) }),
  tool({ name: 'asking', description: 'Needs an approval.', parameters, execute: () => 'approved' }),
];

type Steps = readonly (readonly ToolName[])[];

/** Each step says something and calls its tools; then comes the answer. The same in two kinds of sources. */
function providerOf(steps: Steps, isAsync: boolean): Provider {
  const scripted = scriptedProvider([
    ...steps.map((names) => ({ text: 'Let me see.', chunkSize: 3, toolCalls: names.map((toolName) => ({ toolName })) })),
    { text: 'There it is.', chunkSize: 3 },
  ]);
  if (!isAsync) return scripted;
  return fromStream('async', async function* (request) {
    const chunks: StreamChunk[] = [];
    scripted.stream$(request).subscribe((chunk) => chunks.push(chunk));
    for (const chunk of chunks) {
      await turn();
      yield chunk;
    }
  });
}

interface Outcome {
  readonly chunks: readonly StreamChunk[];
  ending: 'complete' | 'stuck' | Error;
}

/** Generous: each chunk needs one turn or two. */
const turnLimit = 2_000;

/** Runs an agent while the gate is shut and opened as `gates` says, one change a turn, and then stays open. */
async function run(steps: Steps, isAsync: boolean, gates: readonly boolean[]): Promise<Outcome> {
  const decisions = new Subject<boolean>();
  const ask: ToolInterceptor = (call, next) => {
    if (call.toolName !== 'asking') return next(call);
    const decided$ = decisions.pipe(take(1), switchMap((isAllowed) => (isAllowed ? next(call) : of(denied()))));
    return concat(of({ type: 'tool-approval' } as const), decided$);
  };
  const agent = new Agent({ provider: providerOf(steps, isAsync), tools, toolInterceptors: [ask] });
  const chunks: StreamChunk[] = [];
  const outcome: Outcome = { chunks, ending: 'stuck' };
  const subscription = new PacedSubscription();
  subscription.start(agent.stream$('Go').pipe(verifyStream()), {
    next: (chunk) => {
      chunks.push(chunk);
      // A person answers, later.
      if (chunk.type === 'tool-approval') setImmediate(() => decisions.next(true));
    },
    error: (error: unknown) => (outcome.ending = error as Error), // every error of ours is one
    complete: () => (outcome.ending = 'complete'),
  });
  for (const isOpen of gates) {
    if (isOpen) subscription.demand.resume();
    else subscription.demand.pause();
    await turn();
  }
  subscription.demand.resume();
  for (let turns = 0; turns < turnLimit && outcome.ending === 'stuck'; turns++) await turn();
  subscription.unsubscribe();
  return outcome;
}

const steps = fc.array(fc.array(fc.constantFrom(...toolNames), { minLength: 1, maxLength: 4 }), { maxLength: 3 });

describe('a gate that is shut and opened at random', () => {
  it('holds no run up for ever: every call has its result, and the finish comes', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), fc.array(fc.boolean(), { maxLength: 60 }), async (calls, isAsync, gates) => {
        const { chunks, ending } = await run(calls, isAsync, gates);
        expect(ending).toBe('complete');
        const results = chunks.filter((chunk) => chunk.type === 'tool-result');
        expect(results.map(({ toolName, isError }) => `${toolName} ${isError}`).sort()).toEqual(calls.flat().map((name) => `${name} false`).sort());
        expect(chunks.at(-1)).toMatchObject({ type: 'finish', finishReason: 'stop' });
        expect(chunks.map(({ content }) => content).join('')).toBe('Let me see.'.repeat(calls.length) + 'There it is.');
      }),
      { numRuns: 100 },
    );
  });

  it('lets results and approvals of running tools through while it is shut', async () => {
    const decisions = new Subject<boolean>();
    const ask: ToolInterceptor = (call, next) =>
      concat(of({ type: 'tool-approval' } as const), decisions.pipe(take(1), switchMap(() => next(call))));
    const agent = new Agent({ provider: providerOf([['later']], false), tools, toolInterceptors: [ask] });
    const seen: string[] = [];
    const subscription = new PacedSubscription();
    subscription.start(agent.stream$('Go'), {
      next: (chunk) => {
        seen.push(chunk.type);
        if (chunk.type === 'tool-call') subscription.demand.pause();
      },
      error: () => seen.push('error'),
      complete: () => seen.push('complete'),
    });
    expect(seen.slice(-2)).toEqual(['tool-call', 'tool-approval']);
    decisions.next(true);
    for (let turns = 0; turns < 10; turns++) await turn();
    expect(subscription.demand.isOpen).toBe(false);
    expect(seen.at(-1)).toBe('tool-result');
    subscription.demand.resume();
    expect(seen.slice(-2)).toEqual(['finish', 'complete']);
  });
});
