import { answerCases } from './answers.js';
import { cancelCases } from './cancel.js';
import { completionCases } from './completion.js';
import type { Dialect } from './dialect.js';
import { endingCases } from './endings.js';
import { framingCases } from './framing.js';
import { leftoverCases } from './leftovers.js';
import { paceCases } from './pace.js';
import { toolCallCases } from './tool-calls.js';
import { type ConformanceCheck, type ConformanceOptions, Trial } from './trial.js';

export type { Dialect, DialectEvent, DialectToolCall, DialectUsage } from './dialect.js';
export type { ConformanceOptions } from './trial.js';

/** One promise that a provider keeps, as a test. */
export interface ConformanceCase {
  readonly name: string;
  /** Rejects with a `ProtocolError` that says what was expected and what came; `cause` is the provider's own error, if any. */
  readonly run: () => Promise<void>;
}

/** What registers a test: `test` of Jest, Vitest or `node:test`. */
export type RegisterTest = (name: string, run: () => Promise<void>) => unknown;

function casesFor({ framing }: Dialect): Readonly<Record<string, ConformanceCheck>> {
  return {
    ...answerCases,
    ...toolCallCases,
    ...completionCases,
    // Other framings have no comments, ids or line ends to choose from.
    ...(framing === 'ndjson' ? {} : framingCases),
    ...endingCases,
    ...cancelCases,
    ...leftoverCases,
    ...paceCases,
  };
}

/**
 * The contract of a provider as test cases, each against a local HTTP server of its own that speaks `dialect`.
 *
 * For those who need the cases one by one; otherwise `testConformance`. Needs Node 22.3 or later; nothing starts before `run`.
 *
 * @example
 * for (const { name, run } of conformanceCases({ createProvider, dialect })) await run();
 */
export function conformanceCases(options: ConformanceOptions): readonly ConformanceCase[] {
  return Object.entries(casesFor(options.dialect)).map(([name, check]) => ({ name, run: () => Trial.run(options, name, check) }));
}

/**
 * Registers the contract of a provider as tests, in any test runner: whole answers at any split of the bytes, every way an
 * answer breaks off, HTTP errors, cancelling, a slow consumer, what is left behind.
 *
 * A test fails by rejecting with a `ProtocolError`. Each starts a server on a free loopback port and closes it. Needs Node
 * 22.3 or later.
 *
 * @example
 * import { test } from 'node:test';
 * testConformance(test, { createProvider: (baseURL, apiKey) => myProvider({ baseURL, apiKey }), dialect });
 */
export function testConformance(test: RegisterTest, options: ConformanceOptions): void {
  for (const { name, run } of conformanceCases(options)) test(name, run);
}
