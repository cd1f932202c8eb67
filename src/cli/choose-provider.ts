import { ValidationError } from '../core/errors.js';
import type { Provider } from '../core/provider.js';
import { nodeTransport } from '../node/index.js';
import type { AskCommand, ProviderName } from './command.js';
import { offlineModelName, startOfflineModel } from './offline-model/index.js';

/** Where the answer will come from. */
export interface ChosenProvider {
  readonly provider: Provider;
  /** Said before the answer. */
  readonly notice?: string;
  /** Stops the server behind it, if there is one. */
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

const defaultModels = { openai: 'gpt-5-mini', anthropic: 'claude-sonnet-5-5' } as const;

const nothingToClose = (): Promise<void> => Promise.resolve();

/** The options decide first, then the keys in the environment; without either it is the offline model. */
export function chooseName(command: AskCommand, environment: Environment): ProviderName {
  return command.provider ?? nameFromModel(command.model) ?? nameFromEnvironment(command, environment);
}

/** Makes the provider of that name; its SDK is loaded here, so it must be installed. */
export async function connect(name: ProviderName, command: AskCommand, environment: Environment): Promise<ChosenProvider> {
  switch (name) {
    case 'openai':
    case 'anthropic':
      return { provider: await connectOnline(name, command, environment), close: nothingToClose };
    case 'offline':
      return startOffline(command, environment);
    default:
      return name satisfies never;
  }
}

function nameFromModel(model: string | undefined): ProviderName | undefined {
  if (model === undefined) return undefined;
  if (model === offlineModelName) return 'offline';
  return model.startsWith('claude-') ? 'anthropic' : undefined;
}

function nameFromEnvironment({ model, baseURL }: AskCommand, environment: Environment): ProviderName {
  if (environment['OPENAI_API_KEY']) return 'openai';
  if (environment['ANTHROPIC_API_KEY'] && model === undefined && baseURL === undefined) return 'anthropic';
  // A model or an address was asked for: most servers speak OpenAI's format.
  return model === undefined && baseURL === undefined ? 'offline' : 'openai';
}

/** The SDKs are optional: each is loaded when it is needed. */
async function connectOnline(name: 'openai' | 'anthropic', { model = defaultModels[name], baseURL }: AskCommand, environment: Environment): Promise<Provider> {
  const apiKey = environment[name === 'openai' ? 'OPENAI_API_KEY' : 'ANTHROPIC_API_KEY'];
  const options = { fetch: nodeTransport(), ...(apiKey ? { apiKey } : {}), ...(baseURL !== undefined && { baseURL }) };
  return name === 'openai'
    ? (await import('../providers/openai/index.js')).openai(model, options)
    : (await import('../providers/anthropic/index.js')).anthropic(model, options);
}

async function startOffline({ provider, model, baseURL }: AskCommand, environment: Environment): Promise<ChosenProvider> {
  if (baseURL !== undefined) throw new ValidationError('--base-url does not go with the offline model.');
  if (model !== undefined && model !== offlineModelName) throw new ValidationError(`The offline provider has one model: ${offlineModelName}.`);
  const hasNoKey = provider === undefined && !environment['OPENAI_API_KEY'] && !environment['ANTHROPIC_API_KEY'];
  const server = await startOfflineModel();
  const { openai } = await import('../providers/openai/index.js');
  return {
    provider: openai(offlineModelName, { baseURL: `${server.url}/v1`, apiKey: 'offline', fetch: nodeTransport() }),
    notice: `${hasNoKey ? 'No API key is set: the' : 'The'} offline model answers, a small program on this machine.`,
    close: () => server.close(),
  };
}
