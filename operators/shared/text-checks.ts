import { Observable, type ObservableInput, Subscription, defaultIfEmpty, from, take } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import { ValidationError } from '../../src/core/errors.js';
import type { StreamingResponse } from '../../src/core/response.js';
import type { Gate } from './gate.js';

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

type Refusal = Exclude<TextVerdict, true>;

/** What the checks of one subscription work with. */
export interface TextChecksOptions {
  readonly check: TextCheck;
  readonly everyChars: number;
  readonly gate: Gate;
  /** Everything that went out; filled here. */
  readonly passed: StreamingResponse;
  readonly next: (chunk: StreamChunk) => void;
  /** Both end the subscription, which disposes the checks. */
  readonly fail: (error: unknown) => void;
  readonly refuse: (verdict: Refusal) => void;
}

/** Above this the source is asked to wait for the check. */
const mostWaitingChars = 4_000;

/** The chunks that wait for a check, and the check that runs; never two at once. */
export class TextChecks {
  readonly #options: TextChecksOptions;
  #waiting: StreamChunk[] = [];
  #waitingChars = 0;
  /** The text among the waiting chunks that no check has seen. */
  #added = '';
  /** Something waits behind the text: it is checked even if there is little of it. */
  #mustCheck = false;
  #running: Subscription | undefined;
  #isBusy = false;
  /** What may go out, while a chunk does. */
  #due: StreamChunk[] = [];
  #isSending = false;
  #onSettled: (() => void) | undefined;

  constructor(options: TextChecksOptions) {
    this.#options = options;
  }

  take(chunk: StreamChunk): void {
    switch (chunk.type) {
      case 'text':
        this.#wait(chunk);
        return;
      case 'tool-call':
      case 'step':
      case 'finish':
        this.#mustCheck = true;
        this.#wait(chunk);
        return;
      case 'restart':
        this.#forget();
        this.#send(chunk);
        return;
      case 'reasoning':
      case 'tool-input':
      case 'tool-approval':
      case 'tool-progress':
      case 'tool-result':
      case 'source':
      case 'file':
        this.#send(chunk);
        return;
      default:
        chunk satisfies never;
    }
  }

  /** Completes when nothing waits any more; the source has ended. */
  settled(): Observable<never> {
    return new Observable((subscriber) => {
      this.#onSettled = () => subscriber.complete();
      this.#mustCheck = true;
      this.#advance();
    });
  }

  dispose(): void {
    this.#forget();
    this.#due = [];
  }

  /** Drops what waits for a check, and the check that runs. */
  #forget(): void {
    this.#running?.unsubscribe();
    this.#running = undefined;
    this.#waiting = [];
    this.#waitingChars = 0;
    this.#added = '';
    this.#mustCheck = false;
    this.#options.gate.setFull(false);
  }

  #wait(chunk: StreamChunk): void {
    this.#waiting.push(chunk);
    this.#added += chunk.content;
    this.#waitingChars += chunk.content.length;
    this.#advance();
    this.#updateGate();
  }

  /** Only a check that runs is a reason to wait: without one further text is wanted, or nothing would ever ask again. */
  #updateGate(): void {
    this.#options.gate.setFull(this.#running !== undefined && this.#waitingChars > mostWaitingChars);
  }

  /** Checks and sends until a check has to be waited for. Re-entrant calls leave it to the outermost. */
  #advance(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#isDue()) this.#ask();
    this.#isBusy = false;
    if (this.#waiting.length === 0) this.#onSettled?.();
  }

  #isDue(): boolean {
    if (this.#running !== undefined || this.#waiting.length === 0) return false;
    return this.#mustCheck || this.#added.length >= this.#options.everyChars;
  }

  #ask(): void {
    const { check, passed, fail } = this.#options;
    const count = this.#waiting.length;
    const added = this.#added;
    this.#added = '';
    this.#mustCheck = false;
    try {
      const verdict = added === '' || check(passed.completeText + added, added);
      if (isInput(verdict)) this.#await(verdict, count);
      else this.#settle(verdict, count);
    } catch (error) {
      fail(error);
    }
  }

  #await(verdict: ObservableInput<TextVerdict>, count: number): void {
    // Set before it is subscribed: the verdict may come at once.
    const running = (this.#running = new Subscription());
    const answer = from(verdict).pipe(take(1), defaultIfEmpty(false));
    running.add(
      answer.subscribe({
        next: (value) => {
          this.#running = undefined;
          this.#settle(value, count);
          this.#advance();
          this.#updateGate();
        },
        error: (error: unknown) => this.#options.fail(error),
      }),
    );
  }

  #settle(verdict: TextVerdict, count: number): void {
    if (!isVerdict(verdict)) {
      this.#options.fail(noVerdict(verdict));
      return;
    }
    if (verdict !== true) {
      this.#options.refuse(verdict);
      return;
    }
    const wasBusy = this.#isBusy;
    this.#isBusy = true;
    const checked = this.#waiting.splice(0, count);
    for (const { content } of checked) this.#waitingChars -= content.length;
    this.#send(...checked);
    this.#isBusy = wasBusy;
  }

  /** What a consumer pushes into the source while a chunk goes out is queued behind the chunks that are due already. */
  #send(...chunks: readonly StreamChunk[]): void {
    this.#due.push(...chunks);
    if (this.#isSending) return;
    this.#isSending = true;
    for (let chunk = this.#due.shift(); chunk !== undefined; chunk = this.#due.shift()) {
      this.#options.passed.addChunk(chunk);
      this.#options.next(chunk);
    }
    this.#isSending = false;
  }
}

/** Objects are taken for an `ObservableInput`; `from` says what is wrong with one that is none. */
function isInput(value: TextVerdict | ObservableInput<TextVerdict>): value is ObservableInput<TextVerdict> {
  return typeof value === 'object' && (value as unknown) !== null && !('refusal' in value);
}

/** For callers without types too: a check that forgets its `return` says nothing. */
function isVerdict(value: unknown): value is TextVerdict {
  if (typeof value === 'boolean') return true;
  return typeof value === 'object' && value !== null && 'refusal' in value && typeof value.refusal === 'string';
}

function noVerdict(value: unknown): ValidationError {
  return new ValidationError(
    `checkText: the check gave ${value === null ? 'null' : typeof value}; return true to let the text pass, false or { refusal: '…' } to refuse it, ` +
      'or a Promise or an Observable of one of them.',
  );
}
