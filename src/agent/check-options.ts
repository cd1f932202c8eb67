import { chunkTimeout } from '../../operators/chunk-timeout.js';
import { checkRetryPolicy } from '../../operators/retry-interrupted.js';
import { checkLimit } from '../../operators/shared/option-checks.js';
import { ValidationError } from '../core/errors.js';
import type { ModelOptions, Provider } from '../core/provider.js';
import type { AgentOptions, CommonOptions, RunOptions, TimeoutOptions } from './options.js';
import type { Tool } from './tools.js';

type OptionName = keyof AgentOptions | keyof RunOptions;

const modelOptionNames = ['temperature', 'maxTokens', 'topP', 'stop', 'seed', 'toolChoice', 'responseFormat', 'extra'] as const;
const commonNames = [...modelOptionNames, 'tools', 'timeout', 'retry', 'messages'] as const;
const agentNames: ReadonlySet<string> = new Set<OptionName>([
  ...commonNames, 'name', 'model', 'provider', 'fallback', 'hedge', 'instructions', 'toolInterceptors', 'toolConcurrency', 'toolStart', 'maxSteps', 'store', 'scheduler',
]);
const runNames: ReadonlySet<string> = new Set<OptionName>([...commonNames, 'signal', 'streamId', 'metrics']);
const timeoutNames: ReadonlySet<string> = new Set<keyof TimeoutOptions>(['first', 'each', 'total']);

/** The options of a model call among `options`. */
export function modelOptions(options: CommonOptions): ModelOptions {
  return Object.fromEntries(modelOptionNames.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]));
}

/** @throws {ValidationError} an option is unknown, of a wrong kind or out of range. */
export function checkAgentOptions(options: AgentOptions): void {
  checkObject('The options of Agent', options);
  checkNames(options, agentNames, 'Agent');
  if (options.model !== undefined && options.provider !== undefined) {
    throw new ValidationError('Agent: give model or provider, not both: a provider has its model already.');
  }
  if (options.provider !== undefined) checkProvider('provider', options.provider);
  checkProviders('fallback.next', options.fallback, options.fallback?.next);
  checkProviders('hedge.others', options.hedge, options.hedge?.others ?? []);
  checkCommon(options);
  checkLimit('hedge afterMs', options.hedge?.afterMs);
  checkCount('maxSteps', options.maxSteps);
  checkCount('toolConcurrency', options.toolConcurrency);
}

/** @throws {ValidationError} an option is unknown, of a wrong kind or out of range. */
export function checkRunOptions(options: RunOptions): void {
  checkObject('The options of stream$', options);
  checkNames(options, runNames, 'stream$');
  checkCommon(options);
  if (options.streamId === '') throw new ValidationError('streamId must not be empty: leave it out to have one made.');
  if (options.signal !== undefined && !hasMethods(options.signal, ['addEventListener'])) {
    throw new ValidationError('signal must be an AbortSignal, such as new AbortController().signal.');
  }
}

/** @throws {ValidationError} it is no provider: a JavaScript caller may hand over anything. */
export function checkProvider(name: string, provider: Provider): void {
  if (hasMethods(provider, ['stream$', 'complete', 'supportsStreaming'])) return;
  throw new ValidationError(`${name} must be a provider, such as openai('gpt-5-mini'): it has stream$, complete and supportsStreaming.`);
}

/** @throws {ValidationError} it is neither text nor a list of parts: a JavaScript caller may hand over anything. */
export function checkPrompt(prompt: unknown): void {
  if (typeof prompt === 'string' || Array.isArray(prompt)) return;
  throw new ValidationError(`The prompt must be a text, or a list of text and image parts, not ${prompt === null ? 'null' : typeof prompt}.`);
}

/** @throws {ValidationError} two tools share a name (the model could not tell them apart), or one is no tool. */
export function checkTools(tools: readonly Tool[]): void {
  // Asked of what it is, not of its type: a bare `Array.isArray` would make `any[]` of it.
  if (!hasMethods(tools, ['map'])) throw new ValidationError('tools must be a list of tools.');
  const names = new Set<string>();
  for (const tool of tools) {
    if (!hasMethods(tool, ['run'])) throw new ValidationError('tools must be made by tool({ name, description, parameters, execute }).');
    if (names.has(tool.name)) throw new ValidationError(`Two tools are named "${tool.name}": give each a name of its own.`);
    names.add(tool.name);
  }
}

function checkProviders(name: string, option: object | undefined, providers: readonly Provider[] | undefined): void {
  if (option === undefined) return;
  if (!Array.isArray(providers)) throw new ValidationError(`${name} must be a list of providers.`);
  for (const provider of providers as readonly Provider[]) checkProvider(name, provider);
}

function checkNames(options: object, known: ReadonlySet<string>, where: string): void {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new ValidationError(`${where}: unknown option "${name}". Fields that only a provider knows go into extra.`);
  }
}

function checkCommon(options: CommonOptions): void {
  checkRange('temperature', options.temperature, 0, 2);
  checkRange('topP', options.topP, 0, 1);
  checkCount('maxTokens', options.maxTokens);
  if (options.seed !== undefined && !Number.isInteger(options.seed)) throw new ValidationError('seed must be an integer.');
  if (options.tools !== undefined) checkTools(options.tools);
  checkTimeout(options.timeout);
  if (options.retry !== undefined) {
    checkRetryPolicy('retry', options.retry);
  }
}

function checkTimeout(timeout: TimeoutOptions | undefined): void {
  if (timeout === undefined) return;
  checkObject('timeout', timeout);
  for (const name of Object.keys(timeout)) {
    if (!timeoutNames.has(name)) throw new ValidationError(`timeout: unknown limit "${name}". Limits are first, each and total, in milliseconds.`);
  }
  // Made for its check of the limits alone.
  chunkTimeout(timeout);
}

function checkObject(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw new ValidationError(`${name} must be an object, not ${String(value)}.`);
}

function checkRange(name: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && !(typeof value === 'number' && value >= least && value <= most)) {
    throw new ValidationError(`${name} must be a number from ${least} to ${most}, not ${String(value)}.`);
  }
}

function checkCount(name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
    throw new ValidationError(`${name} must be a whole number of at least 1, not ${String(value)}.`);
  }
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  // Read as a record: what it is, is what is asked here.
  return names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function');
}
