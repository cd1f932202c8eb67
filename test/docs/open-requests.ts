import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setImmediate as turn } from 'node:timers/promises';

const opened = 'undici:request:create';
const endings = ['undici:request:trailers', 'undici:request:error'];

/** Counts the requests of the global `fetch` that go on: a block that does not await its stream must end before the next. */
export class OpenRequests {
  #count = 0;
  #onIdle: () => void = () => undefined;
  readonly #open = (): void => {
    this.#count++;
  };
  readonly #end = (): void => {
    this.#count--;
    if (this.#count === 0) this.#onIdle();
  };

  constructor() {
    // Made before they are subscribed: a channel nobody holds may be collected.
    for (const name of [opened, ...endings]) channel(name);
    subscribe(opened, this.#open);
    for (const name of endings) subscribe(name, this.#end);
  }

  /** Settles when no request is open and the last bytes have been read. */
  async idle(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    for (let turns = 0; turns < 10; turns++) await turn();
  }

  stop(): void {
    unsubscribe(opened, this.#open);
    for (const name of endings) unsubscribe(name, this.#end);
  }
}
