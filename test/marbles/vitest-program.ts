import { JestAsymmetricMatchers, JestChaiExpect, JestExtend, chai } from '@vitest/expect';
import { of } from 'rxjs';
import { type MarbleHelpers, type MarbleMatchers, type MarbleSubject, chunk, toEmitMarbles } from '../../marbles/index.js';

/** A program of its own: Vitest's `expect` and Jest's claim the same global. It sends what each case threw, or `passed`. */

/** What `vitest` exports as `expect` is put together from these parts, in this order. */
for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);

interface VitestExpect {
  (received: MarbleSubject): MarbleMatchers & { readonly not: MarbleMatchers };
  /** Vitest's own `expect.extend(matchers)` fills the first place in. */
  extend(expect: VitestExpect, matchers: Readonly<Record<string, unknown>>): void;
  objectContaining(sample: object): unknown;
}
// The plugins add `extend` and the matchers; chai's own type knows nothing of them.
const expect = chai.expect as unknown as VitestExpect;
expect.extend(expect, { toEmitMarbles });

function outcomeOf(test: () => void): string {
  try {
    test();
    return 'passed';
  } catch (error) {
    return (error as Error).message;
  }
}

const object$ = of({ id: 1, name: 'x' });

process.send?.({
  equal: outcomeOf(() => expect(({ cold }: MarbleHelpers) => cold('a-b-(F|)')).toEmitMarbles('a-b-(F|)')),
  different: outcomeOf(() => expect(of('x')).toEmitMarbles('(y|)', { y: 'y' })),
  notEqual: outcomeOf(() => expect(of(chunk.text('a'))).not.toEmitMarbles('(b|)')),
  notDifferent: outcomeOf(() => expect(of(chunk.text('a'))).not.toEmitMarbles('(a|)')),
  asymmetric: outcomeOf(() => expect(object$).toEmitMarbles('(o|)', { o: expect.objectContaining({ id: 1 }) })),
  notAsymmetric: outcomeOf(() => expect(object$).toEmitMarbles('(o|)', { o: expect.objectContaining({ id: 2 }) })),
});
