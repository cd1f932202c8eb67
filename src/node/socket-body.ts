import type { IncomingMessage } from 'node:http';
import type { BodyListener } from '../providers/wire/body-source.js';
import { abortReason } from './abort-reason.js';
import type { NodeBody } from './node-body.js';

/** Reading more than this to save a connection costs more than a new one. */
const drainLimitBytes = 64 * 1024;

/**
 * The body of an HTTP response as Node reads it from the socket.
 *
 * What came before a cut is delivered before the cut, also when it came while the reader had paused.
 */
export class SocketBody implements NodeBody {
  readonly #message: IncomingMessage;
  #listener: BodyListener | undefined;
  #started = false;
  #paused = false;
  #draining: { readonly timer: NodeJS.Timeout; leftBytes: number } | undefined;
  /** The connection broke; what was read until then, and why. */
  #cut: { rest: Uint8Array | null; readonly error: Error } | undefined;

  constructor(message: IncomingMessage, signal: AbortSignal | undefined) {
    this.#message = message;
    // Listened to from the start and to the end: an 'error' that nobody hears ends the process.
    message.on('error', (error) => this.#onError(error));
    message.on('end', () => this.#listener?.onEnd());
    if (signal !== undefined) this.#watch(signal);
  }

  get started(): boolean {
    return this.#started;
  }

  start(listener: BodyListener): void {
    this.#listener = listener;
    this.#read();
    this.#deliverCutSoon();
  }

  pause(): void {
    this.#paused = true;
    this.#message.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#message.resume();
    this.#deliverCutSoon();
  }

  stop(): void {
    this.#listener = undefined;
    this.#started = true;
    this.#message.destroy();
  }

  drain(graceMs: number, done?: () => void): void {
    this.#listener = undefined;
    if (this.#message.closed) return done?.();
    const timer = setTimeout(() => this.#message.destroy(), graceMs).unref();
    this.#draining = { timer, leftBytes: drainLimitBytes };
    this.#message.once('close', () => {
      clearTimeout(timer);
      done?.();
    });
    this.#read();
    this.#message.resume();
  }

  #read(): void {
    if (this.#started) return;
    this.#started = true;
    this.#message.on('data', (bytes: Uint8Array) => this.#onData(bytes));
  }

  #onData(bytes: Uint8Array): void {
    this.#listener?.onData(bytes);
    if (this.#draining === undefined) return;
    this.#draining.leftBytes -= bytes.length;
    if (this.#draining.leftBytes < 0) this.#message.destroy();
  }

  #onError(error: Error): void {
    // Node destroys the message with bytes still in its buffer: `read()` gives them, 'data' would not.
    const rest = this.#message.read() as Uint8Array | null; // typed `any` by @types/node; no encoding is set
    this.#cut ??= { rest, error };
    this.#deliverCut();
  }

  /** Not within `start()` and `resume()`: their caller is not ready for a call back. */
  #deliverCutSoon(): void {
    if (this.#cut !== undefined) process.nextTick(() => this.#deliverCut());
  }

  #deliverCut(): void {
    const cut = this.#cut;
    if (cut === undefined) return;
    if (cut.rest !== null) {
      const reader = this.#reader();
      if (reader === undefined) return;
      const rest = cut.rest;
      cut.rest = null;
      reader.onData(rest);
    }
    // Asked again: the listener may have paused or stopped in `onData`.
    const listener = this.#reader();
    if (listener === undefined) return;
    this.#listener = undefined;
    listener.onCut(cut.error);
  }

  #reader(): BodyListener | undefined {
    return this.#paused ? undefined : this.#listener;
  }

  /** Destroys by an own handle: SDKs hold their abort callbacks weakly once headers have come. */
  #watch(signal: AbortSignal): void {
    const abort = (): void => {
      const error = abortReason(signal);
      const listener = this.#listener;
      this.#listener = undefined;
      this.#cut = { rest: null, error };
      this.#message.destroy();
      listener?.onCut(error);
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#message.once('close', () => signal.removeEventListener('abort', abort));
  }
}
