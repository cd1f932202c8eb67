import type { Transform } from 'node:stream';
import type { BodyListener } from '../providers/wire/body-source.js';
import type { NodeBody } from './node-body.js';

type Zlib = typeof import('node:zlib');

/** Builds a decompressor; `first` is the first piece of the data. */
type Codec = (zlib: Zlib, first: Uint8Array) => Transform;

/** Gives each read's bytes at once, and forgives a missing trailer, as curl and `fetch` do. */
const syncFlush = ({ constants }: Zlib) => ({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH });

const gzip: Codec = (zlib) => zlib.createGunzip(syncFlush(zlib));

/** RFC 9110 means the zlib format, some servers send bare deflate: the first byte of zlib's header tells (RFC 1950, CM = 8). */
const deflate: Codec = (zlib, first) =>
  ((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate(syncFlush(zlib)) : zlib.createInflateRaw(syncFlush(zlib));

const brotli: Codec = (zlib) =>
  zlib.createBrotliDecompress({
    flush: zlib.constants.BROTLI_OPERATION_FLUSH,
    finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
  });

const codecs: ReadonlyMap<string, Codec> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  ['br', brotli],
]);

/**
 * Undoes `content-encoding`, should a server compress although it was asked not to.
 *
 * A coding that is unknown leaves the body as it came, as `fetch` does.
 */
export async function decompress(
  body: NodeBody,
  contentEncoding: string | undefined,
  signal: AbortSignal | undefined,
): Promise<NodeBody> {
  if (contentEncoding === undefined || contentEncoding === '') return body;
  const names = contentEncoding.split(',').map((name) => name.trim().toLowerCase());
  const stages = names.filter((name) => name !== 'identity').map((name) => codecs.get(name));
  if (stages.length === 0 || stages.includes(undefined)) return body;
  const zlib = await import('node:zlib');
  // The last coding was applied last, so it is undone first.
  return stages.reduceRight<NodeBody>((below, codec) => {
    return codec === undefined ? below : new DecompressedBody(below, (first) => codec(zlib, first), signal);
  }, body);
}

/** One compression taken off a body. */
class DecompressedBody implements NodeBody {
  readonly #below: NodeBody;
  readonly #codec: (first: Uint8Array) => Transform;
  readonly #signal: AbortSignal | undefined;
  #stage: Transform | undefined;
  #listener: BodyListener | undefined;
  #cut: Error | undefined;
  #paused = false;

  constructor(below: NodeBody, codec: (first: Uint8Array) => Transform, signal: AbortSignal | undefined) {
    this.#below = below;
    this.#codec = codec;
    this.#signal = signal;
  }

  get started(): boolean {
    return this.#below.started;
  }

  start(listener: BodyListener): void {
    this.#listener = listener;
    // By hand, not by `pipe`: that one would not tell the codec that the connection broke.
    this.#below.start({
      onData: (bytes) => {
        this.#stage ??= this.#open(bytes);
        if (!this.#stage.write(bytes)) this.#below.pause();
      },
      onEnd: () => this.#end(),
      onCut: (error) => {
        this.#cut = error;
        this.#end();
      },
    });
  }

  pause(): void {
    this.#paused = true;
    this.#stage?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#stage?.resume();
  }

  stop(): void {
    this.#close();
    this.#below.stop();
  }

  drain(graceMs: number, done?: () => void): void {
    this.#close();
    this.#below.drain(graceMs, done);
  }

  #open(first: Uint8Array): Transform {
    const stage = this.#codec(first);
    stage.on('data', (bytes: Uint8Array) => this.#listener?.onData(bytes));
    stage.on('drain', () => this.#below.resume());
    stage.on('end', () => this.#finish());
    stage.on('error', (error) => {
      this.#cut ??= error;
      this.#below.stop();
      this.#finish();
    });
    if (this.#paused) stage.pause();
    return stage;
  }

  /** What the codec still holds comes before the end; but an abort does not wait for it. */
  #end(): void {
    if (this.#stage !== undefined && !this.#signal?.aborted) return void this.#stage.end();
    this.#finish();
    this.#stage?.destroy();
  }

  #finish(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    if (this.#cut === undefined) listener?.onEnd();
    else listener?.onCut(this.#cut);
  }

  #close(): void {
    this.#listener = undefined;
    this.#stage?.destroy();
  }
}
