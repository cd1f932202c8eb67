import { Observable, type ObservableInput, Subscription, defaultIfEmpty, from, take } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import type { StreamingResponse } from '../../src/core/response.js';
import type { Gate } from './gate.js';
import { type Refusal, type TextCheck, type TextVerdict, isInput, isVerdict, noVerdict } from './text-verdict.js';

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

/** Above one of these the source is asked to wait for the check. */
const mostWaitingChars = 4_000;
const mostWaitingOthers = 1_000;

/** A check that runs, and how many of the waiting chunks it covers. */
interface RunningCheck {
  readonly subscription: Subscription;
  readonly count: number;
}

/**
 * The chunks that wait for a check, and the check that runs; never two at once.
 *
 * Whoever calls in while a chunk goes out or a check is asked adds to the queues alone: the outermost call goes on with them.
 */
export class TextChecks {
  readonly #options: TextChecksOptions;
  /** In the stream's order; nothing here has passed a check. */
  #waiting: StreamChunk[] = [];
  #waitingChars = 0;
  /** How many of the waiting chunks are no text: what comes later stays behind them. */
  #waitingOthers = 0;
  #running: RunningCheck | undefined;
  /** What may go out. */
  #due: StreamChunk[] = [];
  #isBusy = false;
  /** The source has ended, and the stream may when nothing waits any more. */
  #onSettled: (() => void) | undefined;

  constructor(options: TextChecksOptions) {
    this.#options = options;
  }

  take(chunk: StreamChunk): void {
    switch (chunk.type) {
      case 'text':
      case 'tool-call':
      case 'step':
      case 'finish':
        this.#wait(chunk);
        break;
      case 'restart':
        this.#restart(chunk);
        break;
      case 'reasoning':
      case 'tool-input':
      case 'tool-approval':
      case 'tool-progress':
      case 'tool-result':
      case 'source':
      case 'file':
        this.#passBy(chunk);
        break;
      default:
        chunk satisfies never;
    }
    this.#advance();
  }

  /** Completes when nothing waits any more; the source has ended. */
  settled(): Observable<never> {
    return new Observable((subscriber) => {
      this.#onSettled = () => subscriber.complete();
      this.#advance();
    });
  }

  dispose(): void {
    this.#cancel();
    this.#drop(0);
    this.#due = [];
  }

  #wait(chunk: StreamChunk): void {
    this.#waiting.push(chunk);
    this.#waitingChars += chunk.content.length;
    if (chunk.type !== 'text') this.#waitingOthers++;
  }

  /** Past text that waits, but not past a tool call or the end of a step: a result must not come before its call. */
  #passBy(chunk: StreamChunk): void {
    if (this.#waitingOthers > 0) this.#wait(chunk);
    else this.#due.push(chunk);
  }

  /** What waits of the step that is void is dropped, and a check that has seen some of it. */
  #restart(chunk: StreamChunk): void {
    const kept = this.#waiting.findLastIndex(({ type }) => type === 'step') + 1;
    if (this.#running !== undefined && this.#running.count > kept) this.#cancel();
    this.#drop(kept);
    this.#passBy(chunk);
  }

  #cancel(): void {
    this.#running?.subscription.unsubscribe();
    this.#running = undefined;
  }

  #drop(from: number): void {
    this.#forget(this.#waiting.splice(from));
  }

  #forget(chunks: readonly StreamChunk[]): void {
    for (const { type, content } of chunks) {
      this.#waitingChars -= content.length;
      if (type !== 'text') this.#waitingOthers--;
    }
  }

  /** Sends what is due and asks what is to be asked, until a check has to be waited for. */
  #advance(): void {
    if (!this.#isBusy) {
      this.#isBusy = true;
      this.#send();
      while (this.#mustAsk()) {
        this.#ask();
        this.#send();
      }
      this.#isBusy = false;
      if (this.#waiting.length === 0) this.#onSettled?.();
    }
    // Only a check that runs is a reason to wait: without one further text is wanted, or nothing would ever ask again.
    const isMuch = this.#waitingChars > mostWaitingChars || this.#waitingOthers > mostWaitingOthers;
    this.#options.gate.setFull(this.#running !== undefined && isMuch);
  }

  #mustAsk(): boolean {
    if (this.#running !== undefined || this.#waiting.length === 0) return false;
    return this.#waitingOthers > 0 || this.#onSettled !== undefined || this.#waitingChars >= this.#options.everyChars;
  }

  #ask(): void {
    const { check, passed, fail } = this.#options;
    // Before the check is asked: what it does to the source may make it void.
    const running = (this.#running = { subscription: new Subscription(), count: this.#waiting.length });
    const added = this.#waiting.map(({ content }) => content).join('');
    try {
      const verdict = added === '' || check(passed.completeText + added, added);
      if (isInput(verdict)) this.#await(verdict, running);
      else this.#settle(verdict, running);
    } catch (error) {
      fail(error);
    }
  }

  #await(verdict: ObservableInput<TextVerdict>, running: RunningCheck): void {
    if (running !== this.#running) return;
    const answer = from(verdict).pipe(take(1), defaultIfEmpty(false));
    running.subscription.add(
      answer.subscribe({
        next: (value) => {
          this.#settle(value, running);
          this.#advance();
        },
        error: (error: unknown) => {
          if (running === this.#running) this.#options.fail(error);
        },
      }),
    );
  }

  #settle(verdict: TextVerdict, running: RunningCheck): void {
    if (running !== this.#running) return;
    this.#running = undefined;
    if (!isVerdict(verdict)) this.#options.fail(noVerdict(verdict));
    else if (verdict !== true) this.#options.refuse(verdict);
    else this.#pass(this.#waiting.splice(0, running.count));
  }

  #pass(chunks: readonly StreamChunk[]): void {
    this.#forget(chunks);
    for (const chunk of chunks) this.#due.push(chunk);
  }

  /** By index: `Array.shift` moves the rest, and a hundred thousand chunks may be due. */
  #send(): void {
    const { passed, next } = this.#options;
    for (let index = 0; index < this.#due.length; index++) {
      const chunk = this.#due[index];
      if (chunk === undefined) break;
      passed.addChunk(chunk);
      next(chunk);
    }
    this.#due = [];
  }
}
