import type { Observable } from 'rxjs';
import { measure } from '../../operators/index.js';
import { toAsyncIterable } from '../bridges/index.js';
import type { FinishReason, StreamChunk } from '../core/chunk.js';
import { isStreamInterrupted, isValidationError } from '../core/errors.js';
import type { StreamMetrics } from '../core/metrics.js';
import { Agent } from '../index.js';
import { type ChosenProvider, chooseName, connect } from './choose-provider.js';
import { type AskCommand, type Command, help, readCommand } from './command.js';
import { messageOf } from './error-text.js';
import { requirePackages, sdkPackages } from './packages.js';
import { openPicture } from './picture.js';
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
  /** Whether a package can be imported. */
  readonly isInstalled: (packageName: string) => boolean;
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
      return stream(await replay(command.file, world), command, world, screen);
    case 'ask':
      return stream(await ask(command, world), command, world, screen);
    default:
      return command satisfies never;
  }
}

/** What is streamed, and from where. */
interface Run {
  readonly chosen: ChosenProvider;
  readonly chunks$: Observable<StreamChunk>;
  readonly title: string;
}

/** The recording is one model call: without an agent nothing runs its tools. */
async function replay(file: string, { isInstalled }: World): Promise<Run> {
  const chosen = await replayProvider(file, isInstalled);
  return { chosen, chunks$: chosen.provider.stream$({ messages: [{ role: 'user', content: file }] }), title: file };
}

async function ask(command: AskCommand, { env, isInstalled, signal }: World): Promise<Run> {
  const name = chooseName(command, env);
  requirePackages(['zod', sdkPackages[name === 'offline' ? 'openai' : name]], isInstalled);
  // The calculator describes its input with zod, which may have been missing until here.
  const { calculator } = await import('./calculator-tool.js');
  const chosen = await connect(name, command, env);
  const agent = new Agent({ provider: chosen.provider, instructions, tools: [calculator] });
  return { chosen, chunks$: agent.stream$(command.prompt, { signal }), title: command.prompt };
}

async function stream({ chosen, chunks$, title }: Run, { marbles }: { readonly marbles?: string | undefined }, world: World, screen: Screen): Promise<number> {
  try {
    const picture = marbles === undefined ? undefined : await openPicture(marbles, title);
    if (chosen.notice !== undefined) world.stderr.write(`${chosen.notice}\n`);
    try {
      return await show(picture === undefined ? chunks$ : chunks$.pipe(picture.record), world, screen);
    } finally {
      screen.endLine();
      await picture?.save();
    }
  } finally {
    await chosen.close();
  }
}

async function show(chunks$: Observable<StreamChunk>, { signal, stderr }: World, screen: Screen): Promise<number> {
  let metrics: StreamMetrics | undefined;
  let finishReason: FinishReason | undefined;
  const view = new ChunkView(screen);
  screen.wait();
  const measured = chunks$.pipe(measure((record) => (metrics = record)));
  for await (const chunk of toAsyncIterable(measured, { signal })) {
    view.show(chunk);
    if (chunk.type === 'finish') finishReason = chunk.finishReason;
    await screen.ready(signal);
  }
  screen.endLine();
  if (finishReason !== 'stop') stderr.write(`The answer ended with: ${finishReason ?? 'nothing'}.\n`);
  if (metrics !== undefined) screen.line(metricsLine(metrics), 'metrics');
  return exitCodes.ok;
}

/** One line; no stack. */
function describe(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'Interrupted (aborted): stopped by Ctrl-C.';
  if (isStreamInterrupted(error)) return `Interrupted (${error.reason}): ${messageOf(error)}`;
  return `agenticraft: ${messageOf(error)}`;
}
