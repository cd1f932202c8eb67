import { type AssertDeepEqual, runEntry } from './record.js';
import { drawSvg } from './svg.js';
import type { MarbleEntry } from './table.js';
import { tables } from './tables.js';

/** A picture of the documentation. */
export interface Picture {
  /** `accumulate-1.svg`: the table's name and the entry's place in it. */
  readonly fileName: string;
  readonly entry: MarbleEntry;
}

/** All pictures, in order. */
export const pictures: readonly Picture[] = tables.flatMap(({ operator, entries }) =>
  entries.map((entry, index) => ({ fileName: `${operator}-${index + 1}.svg`, entry })),
);

// What is drawn is what happened; the spec is where it is compared with what was expected.
const compareNothing: AssertDeepEqual = () => undefined;

/** Runs an entry and draws what happened. */
export function drawEntry(entry: MarbleEntry): string {
  return drawSvg(runEntry(entry, compareNothing).recording);
}
