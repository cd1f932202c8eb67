import { createRequire } from 'node:module';
import { AgentError } from '../core/errors.js';
import { codeOf } from './error-text.js';

/** The official SDKs, by the provider that rides on them. */
export const sdkPackages = { openai: 'openai', anthropic: '@anthropic-ai/sdk' } as const;

const { resolve } = createRequire(import.meta.url);

/** Whether the command line can import a package of this name. */
export function isInstalled(packageName: string): boolean {
  try {
    resolve(packageName);
    return true;
  } catch (error) {
    // A package that exports nothing to `require` is there all the same.
    return codeOf(error) !== 'MODULE_NOT_FOUND';
  }
}

/**
 * Zod and the SDKs are optional peers of the library: npm does not install them by itself. All that are missing are named at once.
 *
 * @throws {AgentError} with the line to type.
 */
export function requirePackages(names: readonly string[], isPresent: (packageName: string) => boolean): void {
  const missing = names.filter((name) => !isPresent(name));
  if (missing.length === 0) return;
  const subject = missing.length === 1 ? 'a package that is' : 'packages that are';
  throw new AgentError(`The command line needs ${subject} not installed. Run: npm install ${missing.join(' ')}`);
}
