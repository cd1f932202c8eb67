import type { Assertion } from '@vitest/expect';
import type { MarbleMatchers, MarbleSubject } from '../../marbles/index.js';

// The declaration that docs/testing.md gives for Vitest, compiled against the package that Vitest takes its matchers from.

declare module '@vitest/expect' {
  // Both parameters must be repeated for the declarations to merge.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends MarbleMatchers<R> {
    readonly subject?: T;
  }
}

/** Compiles as long as the matcher is one of Vitest's. */
export function assertMarbles(assertion: Assertion<void, MarbleSubject>): void {
  assertion.toEmitMarbles('(a|)');
  assertion.not.toEmitMarbles('(b|)', { b: 1 }, undefined, { unsubscribe: '-!' });
}
