import { type BodyListener, type BodySource, bodySourceOf } from './body-source.js';

/** What a `fetch` gives, as far as an answer needs it. */
export interface AnswerBody {
  readonly body: ReadableStream<Uint8Array> | null;
}

/** Reads a response by its transport's own body source, else by its web stream. */
export function openBody(response: AnswerBody): BodySource {
  return bodySourceOf(response) ?? new WebBody(response.body);
}

function ignore(): void {
  // Cancelling rejects when the socket is already gone; without a handler Node would die of it.
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** In Node a drained connection must not keep the process alive. Browsers give a number, which keeps nothing alive. */
function unreference(timer: { unref?: () => unknown } | number): void {
  if (typeof timer === 'object') timer.unref?.();
}

/** A web stream as a `BodySource`: the platform's backpressure is "do not read". */
class WebBody implements BodySource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #listener: BodyListener | undefined;
  #paused = false;
  #reading = false;
  #ended = false;
  #grace: ReturnType<typeof setTimeout> | undefined;

  constructor(stream: ReadableStream<Uint8Array> | null) {
    this.#reader = stream?.getReader();
  }

  start(listener: BodyListener): void {
    this.#listener = listener;
    void this.#pump();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.#listener !== undefined) void this.#pump();
  }

  stop(): void {
    this.#listener = undefined;
    clearTimeout(this.#grace);
    if (this.#ended) return;
    this.#ended = true;
    this.#reader?.cancel().catch(ignore);
  }

  drain(graceMs: number): void {
    if (this.#ended) return;
    this.#listener = { onData: ignore, onEnd: ignore, onCut: ignore };
    this.#grace = setTimeout(() => {
      this.stop();
    }, graceMs);
    unreference(this.#grace);
    this.#paused = false;
    void this.#pump();
  }

  /** One loop at a time; never rejects. */
  async #pump(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (!this.#paused && !this.#ended) {
        const { done, value } = this.#reader === undefined ? { done: true, value: undefined } : await this.#reader.read();
        if (done) {
          this.#finish()?.onEnd();
          break;
        }
        if (value !== undefined) this.#listener?.onData(value);
      }
    } catch (error) {
      this.#finish()?.onCut(asError(error));
    } finally {
      this.#reading = false;
    }
  }

  #finish(): BodyListener | undefined {
    this.#ended = true;
    clearTimeout(this.#grace);
    return this.#listener;
  }
}
