import { type WireData, filledString, isRecord, numberOf } from '../wire/wire-data.js';

/** One fragment of a tool call, with what the server left out as undefined. */
export interface Fragment {
  readonly index: number | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly inputDelta: string;
}

/** Some servers send arguments as an object where the API says string. */
function inputText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

/** Reads one entry of `delta.tool_calls`. */
export function fragmentOf(entry: WireData): Fragment {
  const called = isRecord(entry.function) ? entry.function : {};
  return {
    index: numberOf(entry.index),
    id: filledString(entry.id),
    name: filledString(called.name),
    inputDelta: inputText(called.arguments),
  };
}
