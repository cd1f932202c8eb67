import { JsonParser } from './json-parser.js';

/** Each character read pays for so many copied entries: what keeps the whole linear in the length of the text. */
const entriesPerCharacter = 8;

/**
 * An object that comes as JSON text in pieces, and when to give it out.
 *
 * A value shows every change while its open lists and objects are small. A large one is copied for each value, so it is
 * given out only when enough text has come since the last: in strides that grow with it. A state machine without rxjs.
 */
export class GrowingObject {
  readonly #parser = new JsonParser();
  #isHeld = false;
  #readSinceGiven = 0;

  /** As far as it goes. */
  get value(): unknown {
    return this.#parser.value;
  }

  get hasBegun(): boolean {
    return this.#parser.hasBegun;
  }

  get isComplete(): boolean {
    return this.#parser.isComplete;
  }

  /** Why the text is no JSON. */
  get problem(): string | undefined {
    return this.#parser.problem;
  }

  /** Takes the next piece; true when the value should be given out. */
  feed(piece: string): boolean {
    if (this.#parser.feed(piece)) this.#isHeld = true;
    this.#readSinceGiven += piece.length;
    return this.#parser.snapshotCost <= this.#readSinceGiven * entriesPerCharacter && this.takeHeld();
  }

  /** Whether the value has changed since it was given out last; it counts as given out then. */
  takeHeld(): boolean {
    const wasHeld = this.#isHeld;
    if (wasHeld) this.#readSinceGiven = 0;
    this.#isHeld = false;
    return wasHeld;
  }
}
