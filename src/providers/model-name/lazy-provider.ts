import { defer, from, mergeMap } from 'rxjs';
import { AgentError } from '../../core/errors.js';
import type { Provider } from '../../core/provider.js';

/** A provider whose code is loaded when it is first asked. */
export function lazyProvider(name: string, model: string, load: () => Promise<Provider>): Provider {
  let loaded: Promise<Provider> | undefined;
  // A failed load (the SDK is not installed) is tried again by the next request.
  const provider = (): Promise<Provider> =>
    (loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw isMissingModule(error) ? notInstalled(name, error) : error;
    }));
  return {
    name,
    model,
    supportsStreaming: () => true,
    stream$: (request) => defer(() => from(provider())).pipe(mergeMap((target) => target.stream$(request))),
    complete: async (request, options) => (await provider()).complete(request, options),
  };
}

function isMissingModule(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}

const sdkPackages: Readonly<Record<string, string>> = { openai: 'openai', anthropic: '@anthropic-ai/sdk' };

function notInstalled(name: string, cause: unknown): AgentError {
  const sdk = sdkPackages[name] ?? name;
  return new AgentError(`The package ${sdk} is not installed: run npm install ${sdk}.`, { cause });
}
