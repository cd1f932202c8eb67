import { Observable } from 'rxjs';
import { Demand, withDemand, markDemand } from '../../src/core/demand.js';

/** A demand of an operator's own between its source and the consumer: shut while either of the two wants it. */
export class Gate {
  readonly #demand = new Demand();
  readonly #consumer: Demand | undefined;
  readonly #forget: () => void;
  #isFull = false;

  /** `onConsumer` is called after the consumer's demand changed. */
  constructor(consumer: Demand | undefined, onConsumer: () => void = () => undefined) {
    this.#consumer = consumer;
    this.#update();
    this.#forget =
      consumer?.onChange(() => {
        this.#update();
        onConsumer();
      }) ?? (() => undefined);
  }

  get consumerIsOpen(): boolean {
    return this.#consumer?.isOpen ?? true;
  }

  /** Whether the operator itself holds as much as it wants to. */
  setFull(isFull: boolean): void {
    this.#isFull = isFull;
    this.#update();
  }

  /** The source, paced by this gate. */
  pace<T>(source: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      markDemand(subscriber, this.#demand);
      withDemand(this.#demand, () => source.subscribe(subscriber));
    });
  }

  /** On every ending; opens the gate, so that others on a shared source go on. */
  dispose(): void {
    this.#forget();
    this.#demand.release();
  }

  #update(): void {
    if (this.#isFull || !this.consumerIsOpen) this.#demand.pause();
    else this.#demand.resume();
  }
}
