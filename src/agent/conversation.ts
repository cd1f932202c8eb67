import type { Message } from '../core/message.js';

/** Where a conversation is kept between processes. */
export interface MessageStore {
  /** Is given the whole conversation after each turn, one write at a time, in order. */
  save(messages: readonly Message[]): void | Promise<void>;
}

/**
 * One turn: what one call of `stream$` adds to the history, however often it is subscribed.
 *
 * All its runs start from the history as it was at the first subscription; a later commit replaces the earlier one.
 */
export interface Turn {
  /** The messages before this turn. */
  readonly base: readonly Message[];
  /** Puts the turn into the history; no messages leave it as it is. Synchronous. */
  commit(messages: readonly Message[]): void;
}

/** A turn as it stands in the history. */
interface CommittedTurn {
  messages: readonly Message[];
}

/**
 * The history of an agent: whole turns, in the order in which they ended, so that concurrent runs never mix.
 *
 * A store is written behind it; a write that fails is reported by the next turn or the next `settled()`, never by the
 * stream that has ended.
 */
export class Conversation {
  readonly #turns: CommittedTurn[];
  readonly #store: MessageStore | undefined;
  #writes: Promise<void> = Promise.resolve();
  #failures: unknown[] = [];

  constructor(messages: readonly Message[] = [], store?: MessageStore) {
    this.#turns = messages.length === 0 ? [] : [{ messages }];
    this.#store = store;
  }

  get messages(): readonly Message[] {
    return this.#turns.flatMap((turn) => turn.messages);
  }

  /**
   * Begins a turn.
   *
   * @throws what the store's last write failed with.
   */
  openTurn(): Turn {
    this.#reportFailure();
    const base = this.messages;
    let own: CommittedTurn | undefined;
    return {
      base,
      commit: (messages) => {
        if (messages.length === 0) return;
        if (own === undefined) {
          own = { messages };
          this.#turns.push(own);
        } else own.messages = messages;
        this.#save();
      },
    };
  }

  /** The messages, once all writes have ended; rejects with what a write failed with. */
  async settled(): Promise<readonly Message[]> {
    await this.#writes;
    this.#reportFailure();
    return this.messages;
  }

  #save(): void {
    const store = this.#store;
    if (store === undefined) return;
    const { messages } = this;
    this.#writes = this.#writes
      .then(() => store.save(messages))
      .catch((error: unknown) => {
        this.#failures.push(error);
      });
  }

  #reportFailure(): void {
    if (this.#failures.length === 0) return;
    const [first] = this.#failures;
    this.#failures = [];
    throw first;
  }
}
