import { type MonoTypeOperatorFunction, defer, tap } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { ProtocolError } from '../src/core/errors.js';
import { StreamGrammar } from '../src/core/grammar.js';

/**
 * Passes a valid stream through and errors with a `ProtocolError` on the first chunk that breaks the grammar of chunks.
 *
 * For tests of providers, agents and operators of your own. A stream that completes without `finish` is an error too. The
 * offending chunk is not emitted; the source is unsubscribed. Errors of the source pass by identity.
 *
 * @example
 * myProvider.stream$({ messages }).pipe(verifyStream()).subscribe({ error: (error) => console.error(error.message) });
 */
export function verifyStream<C extends StreamChunk>(): MonoTypeOperatorFunction<C> {
  return (source) =>
    defer(() => {
      const grammar = new StreamGrammar();
      let count = 0;
      const report = (violation: string | undefined): void => {
        if (violation === undefined) return;
        throw new ProtocolError(`The stream broke the grammar of chunks at chunk ${count}: ${violation}.`);
      };
      return source.pipe(
        tap({
          next: (chunk) => {
            count++;
            report(grammar.check(chunk));
          },
          complete: () => report(grammar.end()),
        }),
      );
    });
}
