import { type MonoTypeOperatorFunction, catchError, map, throwError } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { ValidationError, isStreamInterrupted } from '../src/core/errors.js';
import { mapText } from './shared/map-text.js';
import { checkOptions } from './shared/option-checks.js';
import { type Covered, redactValues, redactedError } from './shared/redaction.js';
import { type TextPattern, type TextReplacement, TextReplacements } from './shared/text-replacer.js';

/** Options of `redact`: what stands in the place of a match, and what is covered besides the text. */
export interface RedactOptions extends Partial<Covered> {
  /** Default `[redacted]`. */
  readonly replacement?: TextReplacement;
}

/**
 * Takes what must not be seen out of the answer, also where it is cut across chunks.
 *
 * Covered are the text and, unless switched off, the reasoning (with the provider's opaque `replay`, which may repeat it:
 * it is left out), the input of tool calls (streamed, whole, waiting for approval or pending) and the partial answer of a
 * `StreamInterruptedError`. Tool results, progress, sources and files pass unchanged. Of several matches that begin together
 * the longest counts.
 *
 * Streamed tool input is JSON text: there a pattern meets `\n` and `"` in their escaped form, and what replaces a match may
 * leave a text that is no JSON any more. In whole input keys are covered like values, and a number whose decimal text holds
 * a match becomes a text; booleans, and objects that are not plain, pass.
 *
 * Text is held only while it could still be part of a match, or until a `tool-call`, `step`, `finish`, completion or error;
 * a `restart` voids it. The streamed input of a call is held until its own `tool-call`. Other chunks pass it by. Other errors
 * pass by identity. Unsubscribing stops the source.
 *
 * Most patterns cost no more per chunk when more is held; back references, lookbehinds and repeated groups cost up to `maxLength`.
 *
 * Put it below the agent (`agent.stream$(…).pipe(redact(…))`): history and tools then keep the true values.
 *
 * @param patterns texts, or patterns with the length of their longest match.
 * @throws ValidationError at once for no pattern, an empty text, or a pattern without `maxLength`.
 * @example
 * const key: TextPattern = { pattern: /\bsk-\w{20,}/, maxLength: 80 };
 * agent.stream$('Check my configuration').pipe(redact([key, 'jane@example.com'])).subscribe((chunk) => log(chunk));
 * @see replaceText
 */
export function redact(patterns: readonly TextPattern[], options: RedactOptions = {}): MonoTypeOperatorFunction<StreamChunk> {
  checkOptions('redact', options);
  const { replacement = '[redacted]', reasoning = true, toolInput = true, partial = true } = options;
  if (!Array.isArray(patterns) || patterns.length === 0) throw new ValidationError('redact: give a list of at least one pattern.');
  const covered: Covered = { reasoning, toolInput, partial };
  const replacements = new TextReplacements('redact', patterns, replacement);
  const clean = (text: string): string => replacements.replaceIn(text);
  return (source) =>
    source.pipe(
      map((chunk) => redactValues(chunk, covered, clean)),
      mapText((emit) => replacements.machine(emit), covered),
      catchError((error: unknown) =>
        throwError(() => (partial && isStreamInterrupted(error) ? redactedError(error, covered, clean) : error)),
      ),
    );
}
