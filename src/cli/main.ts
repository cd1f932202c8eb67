import type { Observable } from 'rxjs';
import { measure } from '../../operators/index.js';
import { toAsyncIterable } from '../bridges/index.js';
import type { FinishReason, StreamChunk } from '../core/chunk.js';
import { isStreamInterrupted, isValidationError } from '../core/errors.js';
import type { StreamMetrics } from '../core/metrics.js';
import { Agent } from '../index.js';
import { calculator } from './calculator-tool.js';
import { type ChosenProvider, chooseProvider } from './choose-provider.js';
import { type Command, help, readCommand } from './command.js';
import { messageOf } from './error-text.js';
import { replayProvider } from './replay.js';
import { type Output, Screen } from './screen.js';
import { ChunkView, metricsLine } from './show.js';

/** What the command line has of the world; a test gives its own. */
export interface World {
  /** Without the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly version: string;
}

const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

const instructions = 'You are a brief and friendly assistant. Use the calculator for every computation.';

/** Runs the command line; never throws. @returns the exit code. */
export async function main(world: World): Promise<number> {
  const screen = new Screen(world.stdout, world.env);
  try {
    return await execute(readCommand(world.argv), world, screen);
  } catch (error) {
    screen.endLine();
    world.stderr.write(`${describe(error, world.signal)}\n`);
    if (world.signal.aborted) return exitCodes.interrupted;
    return isValidationError(error) ? exitCodes.usage : exitCodes.failed;
  }
}

async function execute(command: Command, world: World, screen: Screen): Promise<number> {
  switch (command.type) {
    case 'help':
      world.stdout.write(help);
      return exitCodes.ok;
    case 'version':
      world.stdout.write(`${world.version}\n`);
      return exitCodes.ok;
    case 'replay':
      // The recording is one model call: without an agent nothing runs its tools.
      return stream(await replayProvider(command.file), ({ provider }) => provider.stream$({ messages: [{ role: 'user', content: command.file }] }), world, screen);
    case 'ask':
      return stream(await chooseProvider(command, world.env), ({ provider }) => ask(provider, command.prompt, world.signal), world, screen);
    default:
      return command satisfies never;
  }
}

function ask(provider: ChosenProvider['provider'], prompt: string, signal: AbortSignal): Observable<StreamChunk> {
  return new Agent({ provider, instructions, tools: [calculator] }).stream$(prompt, { signal });
}

async function stream(chosen: ChosenProvider, open: (chosen: ChosenProvider) => Observable<StreamChunk>, world: World, screen: Screen): Promise<number> {
  try {
    if (chosen.notice !== undefined) world.stderr.write(`${chosen.notice}\n`);
    let metrics: StreamMetrics | undefined;
    let finishReason: FinishReason | undefined;
    const view = new ChunkView(screen);
    screen.wait();
    const measured = open(chosen).pipe(measure((record) => (metrics = record)));
    for await (const chunk of toAsyncIterable(measured, { signal: world.signal })) {
      view.show(chunk);
      if (chunk.type === 'finish') finishReason = chunk.finishReason;
      await screen.ready(world.signal);
    }
    screen.endLine();
    if (finishReason !== 'stop') world.stderr.write(`The answer ended with: ${finishReason ?? 'nothing'}.\n`);
    if (metrics !== undefined) screen.line(metricsLine(metrics), 'metrics');
    return exitCodes.ok;
  } finally {
    screen.stopWaiting();
    await chosen.close();
  }
}

/** One line; no stack. */
function describe(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'Interrupted (aborted): stopped by Ctrl-C.';
  if (isStreamInterrupted(error)) return `Interrupted (${error.reason}): ${messageOf(error)}`;
  return `agenticraft: ${messageOf(error)}`;
}
