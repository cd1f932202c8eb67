import type { SchedulerLike, Subscription } from 'rxjs';
import type { Gate } from './gate.js';
import { Pace } from './pace.js';
import type { TextMachine } from './text-channels.js';
import { timerMs } from './timer-ms.js';

/** Cuts text into units, and says how much it holds of one that is not whole. */
export interface UnitSplitter extends TextMachine {
  readonly heldLength: number;
}

export interface TypewriterOptions {
  readonly charsPerSecond: number;
  readonly maxBuffered: number;
  readonly scheduler: SchedulerLike;
  readonly split: (emit: (unit: string) => void) => UnitSplitter;
  /** What the splitter holds counts as whole when nothing has come for so long. */
  readonly settleMs: number;
  readonly gate: Gate;
  readonly emit: (piece: string) => void;
}

/** A frame of a screen: more turns a second would not be seen. */
const shortestTurnMs = 16;
/** Times are sums of fractions. */
const roundingMs = 1e-6;

/** Holds text in units and lets each out when it is due. */
export class Typewriter implements TextMachine {
  readonly #options: TypewriterOptions;
  readonly #splitter: UnitSplitter;
  readonly #pace: Pace;
  #units: string[] = [];
  /** Where the units that are held begin: `Array.splice` would move them all for each that goes out. */
  #first = 0;
  #unitLength = 0;
  /** When the last unit was due, and its length: the next one is due when it has had its time. */
  #lastMs = -Infinity;
  #lastLength = 0;
  /** When what the splitter holds counts as whole. */
  #settledMs = Infinity;
  #timer: Subscription | undefined;
  /** When the timer wakes for a unit; `Infinity` while it waits for what the splitter holds. */
  #wakeMs = Infinity;
  /** Since when the consumer has been the one who is slow. */
  #shutMs: number | undefined;
  #isDisposed = false;

  constructor(options: TypewriterOptions) {
    this.#options = options;
    this.#pace = new Pace(options.charsPerSecond);
    if (!options.gate.consumerIsOpen) this.#shutMs = options.scheduler.now();
    this.#splitter = options.split((unit) => {
      this.#units.push(unit);
      this.#unitLength += unit.length;
    });
  }

  add(piece: string): void {
    const nowMs = this.#options.scheduler.now();
    const wasIdle = !this.#hasUnit;
    const wasDue = this.#dueMs() <= nowMs;
    this.#settledMs = nowMs + this.#options.settleMs;
    this.#pace.add(piece.length, this.#shutMs ?? nowMs);
    this.#splitter.add(piece);
    // Memory has a bound, and a source that is held back would never say where the unit ends.
    if (this.#splitter.heldLength >= this.#options.maxBuffered) this.#splitter.flush();
    // A pace that rises brings the next unit forward, but makes up for nothing.
    if (wasIdle || !wasDue) this.#beginAnew(nowMs);
    // Not while a timer waits for a unit: what is due together goes out together.
    this.#letOut(nowMs, wasIdle);
  }

  flush(): void {
    this.#splitter.flush();
    let due = '';
    while (this.#hasUnit) due += this.#shift();
    this.#send(due);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stopTimer();
    this.#options.gate.setFull(false);
  }

  consumerChanged(): void {
    if (this.#isDisposed) return;
    const { gate, scheduler } = this.#options;
    const nowMs = scheduler.now();
    this.#stopTimer();
    if (!gate.consumerIsOpen) {
      this.#shutMs = nowMs;
      return;
    }
    this.#pace.postpone(nowMs - (this.#shutMs ?? nowMs));
    this.#shutMs = undefined;
    this.#beginAnew(nowMs);
    this.#letOut(nowMs, true);
  }

  get #hasUnit(): boolean {
    return this.#first < this.#units.length;
  }

  /** All that is held: the units, and what the splitter holds of an unfinished one. */
  get #length(): number {
    return this.#unitLength + this.#splitter.heldLength;
  }

  /** The pace makes up for no silence. */
  #beginAnew(nowMs: number): void {
    if (this.#dueMs() > nowMs) return;
    this.#lastMs = nowMs;
    this.#lastLength = 0;
  }

  #dueMs(): number {
    return this.#lastMs + this.#pace.durationMs(this.#lastLength, this.#lastMs);
  }

  #letOut(nowMs: number, isTurn: boolean): void {
    const isOpen = this.#options.gate.consumerIsOpen;
    let due = isOpen && isTurn ? this.#takeDue(nowMs) : '';
    while (this.#hasUnit && this.#length > this.#options.maxBuffered) due += this.#shift();
    if (isOpen) this.#setTimer(nowMs);
    this.#send(due);
  }

  #takeDue(nowMs: number): string {
    let due = '';
    for (;;) {
      for (let dueMs = this.#dueMs(); this.#hasUnit && dueMs <= nowMs + roundingMs; dueMs = this.#dueMs()) {
        const unit = this.#shift();
        this.#lastMs = dueMs;
        this.#lastLength = unit.length;
        due += unit;
      }
      if (this.#hasUnit || this.#splitter.heldLength === 0 || this.#settledMs > nowMs + roundingMs) return due;
      this.#beginAnew(nowMs);
      this.#splitter.flush();
    }
  }

  #setTimer(nowMs: number): void {
    if (this.#hasUnit) {
      // In whole milliseconds, as a timer counts them: it would wake too early and then wait for another turn.
      const delayMs = Math.max(Math.ceil(this.#dueMs() - nowMs - roundingMs), shortestTurnMs);
      if (this.#timer === undefined || nowMs + delayMs < this.#wakeMs) this.#startTimer(delayMs, nowMs + delayMs);
    } else if (this.#splitter.heldLength > 0 && this.#settledMs < Infinity) {
      // A timer that runs already may wake too early: that costs less than a new one for each piece.
      if (this.#timer === undefined) this.#startTimer(Math.max(this.#settledMs - nowMs, shortestTurnMs), Infinity);
    } else {
      this.#stopTimer();
    }
  }

  #startTimer(delayMs: number, wakeMs: number): void {
    const { scheduler } = this.#options;
    this.#timer?.unsubscribe();
    this.#wakeMs = wakeMs;
    this.#timer = scheduler.schedule(() => {
      this.#timer = undefined;
      this.#letOut(scheduler.now(), true);
    }, timerMs(delayMs));
  }

  #stopTimer(): void {
    this.#timer?.unsubscribe();
    this.#timer = undefined;
  }

  #shift(): string {
    const unit = this.#units[this.#first++] ?? '';
    if (this.#first * 2 > this.#units.length) {
      this.#units = this.#units.slice(this.#first);
      this.#first = 0;
    }
    this.#unitLength -= unit.length;
    this.#pace.take(unit.length);
    return unit;
  }

  /** Shuts the gate before the text goes out and opens it afterwards: a source may go on at once. */
  #send(due: string): void {
    const { gate, maxBuffered, emit } = this.#options;
    if (this.#length >= maxBuffered) gate.setFull(true);
    if (due !== '') emit(due);
    if (!this.#isDisposed && (!this.#hasUnit || this.#length <= maxBuffered / 2)) gate.setFull(false);
  }
}
