import { Readable } from 'node:stream';
import { bodySource, type BodySource } from '../providers/wire/body-source.js';
import { drainGraceMs, type NodeBody } from './node-body.js';

/** Statuses whose `Response` must have no body (Fetch standard, "null body status"). */
const bodyless: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/** What `fetch` says when a body breaks; the SDKs know the words. */
const terminated = (cause: Error): Error =>
  cause.name === 'AbortError' ? cause : new TypeError('terminated', { cause });

/** The head of an HTTP response. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: Headers;
}

/**
 * A `Response` without the cost of one: the web stream is built only if somebody reads `body`.
 *
 * Providers take `bodySource` instead, and never pay for it.
 */
export class NodeResponse implements Response {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: Headers;
  readonly redirected = false;
  readonly type = 'default';
  readonly #source: NodeBody;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #isCloned = false;

  constructor(head: ResponseHead, source: NodeBody) {
    this.status = head.status;
    this.statusText = head.statusText;
    this.url = head.url;
    this.headers = head.headers;
    this.#source = source;
  }

  /** Not when somebody else reads the source already: the copy that `clone` made, or who has asked for the text. */
  get [bodySource](): BodySource | undefined {
    return this.#isCloned || this.#source.started ? undefined : this.#source;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get bodyUsed(): boolean {
    if (!this.#isCloned || this.#stream === undefined) return this.#source.started;
    // What the copy reads is not this response's. The type knows Node's own streams alone, the function web streams too.
    return Readable.isDisturbed(this.#stream as unknown as Readable);
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (bodyless.has(this.status)) return null;
    this.#stream ??= this.#source.started ? lockedStream() : toReadableStream(this.#source);
    return this.#stream;
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.#readAll());
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#readAll();
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.#readAll()).buffer;
  }

  blob(): Promise<Blob> {
    return this.#throughStream().blob();
  }

  formData(): Promise<FormData> {
    return this.#throughStream().formData();
  }

  /** Tees the web stream, so that this response and the copy can both be read (middleware of the SDKs does). */
  clone(): Response {
    if (this.bodyUsed) throw new TypeError('The body of this response was read already: clone it before.');
    const [mine, copy] = this.body?.tee() ?? [];
    this.#stream = mine;
    this.#isCloned = true;
    return new Response(copy ?? null, this);
  }

  #throughStream(): Response {
    return new Response(this.body, this);
  }

  async #readAll(): Promise<Uint8Array<ArrayBuffer>> {
    // Who has asked for the stream may have cloned it: from then on the source is the stream's.
    if (this.#stream !== undefined) return new Uint8Array(await this.#throughStream().arrayBuffer());
    if (this.bodyUsed) throw new TypeError('Body is unusable: it was read already.');
    return concat(await readPieces(this.#source));
  }
}

/** The stream of a body that was read by other means: who wants to read it is told, as with `fetch`, that it is locked. */
function lockedStream(): ReadableStream<Uint8Array<ArrayBuffer>> {
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>();
  stream.getReader();
  return stream;
}

function readPieces(source: BodySource): Promise<readonly Uint8Array[]> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    source.start({
      onData: (bytes) => pieces.push(bytes),
      onEnd: () => resolve(pieces),
      onCut: (error) => reject(terminated(error)),
    });
  });
}

function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    all.set(piece, offset);
    offset += piece.length;
  }
  return all;
}

/**
 * The web stream of a body: reads the socket only when it is read itself.
 *
 * SDKs cancel the body of an answer that they will retry. It was never read, so its connection is worth saving; a stream
 * cancelled in the middle is destroyed, so that the server sees it.
 */
function toReadableStream(source: NodeBody): ReadableStream<Uint8Array<ArrayBuffer>> {
  const start = (controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void =>
    source.start({
      onData: (bytes) => {
        // Before `enqueue`: that one calls `pull`, and so `resume`, when the next read waits already.
        source.pause();
        controller.enqueue(bytes as Uint8Array<ArrayBuffer>); // Node's reads are never shared memory
      },
      onEnd: () => controller.close(),
      onCut: (error) => controller.error(terminated(error)),
    });
  return new ReadableStream(
    {
      pull: (controller) => (source.started ? source.resume() : start(controller)),
      cancel: () => {
        if (source.started) return source.stop();
        return new Promise<void>((resolve) => source.drain(drainGraceMs, resolve));
      },
    },
    { highWaterMark: 0 },
  );
}
