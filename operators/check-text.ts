import { type MonoTypeOperatorFunction, Observable, catchError, concat, defer, ignoreElements, tap, throwError } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { findDemand } from '../src/core/demand.js';
import { StreamInterruptedError, ValidationError } from '../src/core/errors.js';
import type { StreamingResponse } from '../src/core/response.js';
import { Gate } from './shared/gate.js';
import { checkCount, checkOptions } from './shared/option-checks.js';
import { type PartialOptions, newResponse } from './shared/partial.js';
import { TextChecks } from './shared/text-checks.js';
import type { Refusal, TextCheck } from './shared/text-verdict.js';

/** Options of `checkText`. */
export interface CheckTextOptions extends PartialOptions {
  /** Checks when at least so many new characters have come (UTF-16 code units). Default 1: every chunk of text. */
  readonly everyChars?: number;
}

/**
 * Lets text pass only when a check of the text so far allows it.
 *
 * A refusal is a `StreamInterruptedError` with reason `blocked` and the text that passed in its partial; the source is
 * unsubscribed, and the refused text never goes out. While a check waits or runs, further text gathers and is checked
 * together when it has ended, so that a slow check is asked less often; above 4000 waiting characters, or 1000 chunks behind
 * a tool call or step, the source's `Demand` is shut.
 *
 * `tool-call`, `step`, `finish`, completion and errors wait until the text before them is checked, and what comes behind them
 * waits with them; other chunks pass text by. A `restart` voids what waits of its step, and the check of it. Content on
 * `finish` counts as text. An error of the check is yours and goes to the error channel, as does a `ValidationError` when the
 * check returns no verdict. Unsubscribing unsubscribes the check that runs; errors of the source pass by identity.
 *
 * A check that reads only `added` costs the same for every chunk; one that searches all of `text` costs more each time:
 * raise `everyChars` then.
 *
 * @throws ValidationError at once for a check that is no function or an `everyChars` below 1.
 * @example
 * agent.stream$('Tell me a story').pipe(checkText((text) => !text.includes('the secret ingredient')));
 * agent.stream$('Tell me a story').pipe(
 *   sentences(),
 *   checkText((_text, added) => moderate(added).then((flagged) => (flagged ? { refusal: 'violence' } : true))),
 * );
 */
export function checkText(check: TextCheck, options: CheckTextOptions = {}): MonoTypeOperatorFunction<StreamChunk> {
  checkOptions('checkText', options);
  const { everyChars = 1, response, scheduler } = options;
  if (typeof check !== 'function') throw new ValidationError('checkText: give a function (text, added) => true or a refusal.');
  checkCount('checkText everyChars', everyChars);
  return (source) =>
    new Observable((subscriber) => {
      const gate = new Gate(findDemand(subscriber));
      const passed = newResponse(scheduler);
      const checks = new TextChecks({
        check,
        everyChars,
        gate,
        passed,
        next: (chunk) => subscriber.next(chunk),
        fail: (error) => subscriber.error(error),
        refuse: (verdict) => subscriber.error(blocked(verdict, response ?? passed)),
      });
      subscriber.add(() => checks.dispose());
      subscriber.add(() => gate.dispose());
      const settled = defer(() => checks.settled());
      const taken = gate.pace(source).pipe(
        tap((chunk) => checks.take(chunk)),
        ignoreElements(),
        catchError((error: unknown) => concat(settled, throwError(() => error))),
      );
      concat(taken, settled).subscribe(subscriber);
    });
}

function blocked(verdict: Refusal, response: StreamingResponse): StreamInterruptedError {
  const why = typeof verdict === 'object' ? `: ${verdict.refusal}` : '';
  const message =
    `The text was refused by the check of checkText${why}. Change the prompt and ask again, or change the check. ` +
    `The ${response.textLength} characters that passed are in \`partialResponse\`.`;
  return new StreamInterruptedError(message, { reason: 'blocked', partial: response.end() });
}
