/**
 * The key under which a response offers its body as a `BodySource`, beside the web stream in `body`.
 *
 * Registered, so that a transport and a provider from two copies of the package understand each other.
 */
export const bodySource: unique symbol = Symbol.for('agenticraft.bodySource');

/** Hears a body. `onEnd` or `onCut` comes once, last; neither comes after `stop()` or `drain()`. */
export interface BodyListener {
  /** The next bytes, already decompressed. They are valid after the call too. */
  onData(bytes: Uint8Array): void;
  /** The body is whole as far as HTTP can tell. */
  onEnd(): void;
  /** The connection broke, or the compressed data did, before the body was whole. */
  onCut(error: Error): void;
}

/**
 * A response body that calls back for each read of the socket, without a promise and a microtask for each.
 *
 * Read by one listener. Who has started it ends it by one of: `onEnd`, `onCut`, `stop()`, `drain()`.
 */
export interface BodySource {
  /** Begins reading; the first bytes come later, never during the call. */
  start(listener: BodyListener): void;
  /** Stops reading the socket; a call to `onData` may still be running. */
  pause(): void;
  resume(): void;
  /** Destroys the connection now. */
  stop(): void;
  /** The answer is over: reads what is left so that the connection can be used again, and destroys it after `graceMs`. */
  drain(graceMs: number): void;
}

/** The body source of a response, if its transport offers one. */
export function bodySourceOf(response: object): BodySource | undefined {
  return (response as { readonly [bodySource]?: BodySource })[bodySource];
}
