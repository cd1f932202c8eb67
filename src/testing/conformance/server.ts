import { ValidationError } from '../../core/errors.js';
import { nodeProcess } from './node.js';

/** What is used of `node:http`. Written out, because this entry must also compile where Node's types are not installed. */
interface HttpModule {
  createServer(listener: (request: IncomingRequest, response: OutgoingResponse) => void): HttpServer;
}

interface HttpServer {
  listen(port: number, host: string, onListening: () => void): unknown;
  address(): unknown;
  closeAllConnections(): void;
  close(onClose: () => void): unknown;
}

interface IncomingRequest {
  resume(): unknown;
}

interface OutgoingResponse {
  readonly socket: { end(): unknown } | null;
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  flushHeaders(): void;
  write(data: string | Uint8Array): boolean;
  end(): unknown;
  on(event: 'close' | 'error', listener: () => void): unknown;
  once(event: 'drain', listener: () => void): unknown;
}

/** One request, and the answer to it. */
export class Exchange {
  /** Settles when the connection is closed, or the answer is sent. */
  readonly closed: Promise<void>;
  readonly #response: OutgoingResponse;
  #isClosed = false;
  #writtenBytes = 0;

  constructor(response: OutgoingResponse) {
    this.#response = response;
    // A client that leaves resets the connection.
    response.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      response.on('close', () => {
        this.#isClosed = true;
        resolve();
      });
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Of the body. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(status, headers);
    this.#response.flushHeaders();
  }

  /** Settles when there is room for more, or nobody to read it. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#isClosed) return;
    this.#writtenBytes += bytes.length;
    if (this.#response.write(bytes)) return;
    const drained = new Promise<void>((resolve) => this.#response.once('drain', resolve));
    await Promise.race([drained, this.closed]);
  }

  /** The message ends as HTTP says it should. */
  end(): void {
    this.#response.end();
  }

  /**
   * The connection ends in the middle of the message. Ended, not destroyed: bytes that are already written must arrive, and
   * what is missing is the last chunk of the chunked encoding (RFC 9112, section 8).
   */
  cut(): void {
    this.#response.socket?.end();
  }
}

/** How the server answers one request. */
export type Reply = (exchange: Exchange) => Promise<void> | void;

/** A server on a free loopback port. */
export interface ReplyServer {
  readonly url: string;
  /** Every request so far. */
  readonly exchanges: readonly Exchange[];
  /** Settles when `count` requests have come. */
  requests(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server that answers each request with `reply`. */
export async function startServer(reply: Reply): Promise<ReplyServer> {
  const exchanges: Exchange[] = [];
  const arrivals = new Set<() => void>();
  const server = nodeHttp().createServer((request, response) => {
    request.resume();
    const exchange = new Exchange(response);
    exchanges.push(exchange);
    for (const onArrival of arrivals) onArrival();
    void reply(exchange);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A TCP server has an address object, not a pipe's name.
  const { port } = server.address() as { readonly port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    requests: (count) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (exchanges.length >= count) resolve();
        };
        arrivals.add(check);
        check();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/**
 * Not an `import`: a bundler for browsers refuses code that holds an import of `node:http`, even one that never runs. For this
 * case Node documents `process.getBuiltinModule` ("in environments other than Node.js").
 */
function nodeHttp(): HttpModule {
  const http = nodeProcess()?.getBuiltinModule?.('node:http');
  if (http === undefined) {
    throw new ValidationError('The conformance kit starts a local HTTP server: run it in Node 22.3 or later.');
  }
  // What `node:http` is known to be.
  return http as HttpModule;
}
