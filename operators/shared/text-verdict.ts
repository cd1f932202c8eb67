import type { ObservableInput } from 'rxjs';
import { ValidationError } from '../../src/core/errors.js';

/** What a check says: only `true` lets the text pass. */
export type TextVerdict = boolean | TextRefusal;

/** A refusal with its reason, which the error's message repeats. */
export interface TextRefusal {
  readonly refusal: string;
}

/**
 * Looks at the whole text so far, and at what was added since the last check.
 *
 * Of a Promise or an Observable the first value counts; one that completes without a value refuses.
 */
export type TextCheck = (text: string, added: string) => TextVerdict | ObservableInput<TextVerdict>;

/** Every verdict but the one that lets text pass. */
export type Refusal = Exclude<TextVerdict, true>;

/** Objects are taken for an `ObservableInput`; `from` says what is wrong with one that is none. */
export function isInput(value: TextVerdict | ObservableInput<TextVerdict>): value is ObservableInput<TextVerdict> {
  return typeof value === 'object' && (value as unknown) !== null && !('refusal' in value);
}

/** For callers without types too: a check that forgets its `return` says nothing. */
export function isVerdict(value: unknown): value is TextVerdict {
  if (typeof value === 'boolean') return true;
  return typeof value === 'object' && value !== null && 'refusal' in value && typeof value.refusal === 'string';
}

export function noVerdict(value: unknown): ValidationError {
  return new ValidationError(
    `checkText: the check gave ${value === null ? 'null' : typeof value}; return true to let the text pass, false or { refusal: '…' } to refuse it, ` +
      'or a Promise or an Observable of one of them.',
  );
}
