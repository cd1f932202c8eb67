/** What is used of Node's `process`. Written out, because this entry must also compile where Node's types are not installed. */
interface NodeProcess {
  getBuiltinModule?(name: string): unknown;
  getActiveResourcesInfo?(): readonly string[];
  eventNames?(): readonly (string | symbol)[];
  listenerCount?(name: string | symbol): number;
}

/** Outside Node there is no `process`, which Node's own types do not say. */
export function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { readonly process?: NodeProcess }).process;
}

/** What `util.inspect`, and with it `console.log`, shows of a value; `undefined` where there is no Node. */
export function inspect(value: unknown): string | undefined {
  // What `node:util` is known to be.
  const util = nodeProcess()?.getBuiltinModule?.('node:util') as { inspect(value: unknown): string } | undefined;
  return util?.inspect(value);
}
