import type { StreamChunk } from '../../core/chunk.js';
import { ProtocolError } from '../../core/errors.js';
import type { Provider, ProviderRequest } from '../../core/provider.js';
import { contentType, type Dialect, type DialectEvent, frame } from './dialect.js';
import { describeValue, violation } from './expect.js';
import { type Received, receive, settled, within } from './receive.js';
import { type Exchange, type Reply, type ReplyServer, startServer } from './server.js';

/** What the kit tests. */
export interface ConformanceOptions {
  /**
   * Makes the provider under test, for the server at `baseURL` (scheme, host and port). It must honour `request.maxRetries`,
   * which is 0 in every case.
   */
  readonly createProvider: (baseURL: string, apiKey: string) => Provider;
  /** How that server answers. */
  readonly dialect: Dialect;
  /** How long a case waits for an ending before it fails, in milliseconds. Default 4,000. */
  readonly timeoutMs?: number | undefined;
}

/** Throws when the provider does not keep its contract. */
export type ConformanceCheck = (trial: Trial) => Promise<void>;

/** Looks like a key, so that a provider's redaction has something to find. */
export const apiKey = 'sk-conformance-0123456789abcdef';
export const prompt = 'The prompt of the conformance test';
export const streamId = 'conformance';
export const usage = { inputTokens: 12, outputTokens: 34 };
/** More than one piece, and characters of one to four bytes. */
export const pieces = ['Good', ' morning', ', Zürich', ' 世界 🌄'] as const;
export const answer = pieces.join('');
const request: ProviderRequest = { messages: [{ role: 'user', content: prompt }], maxRetries: 0, streamId };

/** "At once", with room for a busy machine, in milliseconds. */
export const closeMs = 1_000;

/** One case at work: a server, and a provider that talks to it. */
export class Trial {
  readonly dialect: Dialect;
  readonly provider: Provider;
  readonly request = request;
  readonly timeoutMs: number;
  readonly server: ReplyServer;
  readonly #setReply: (reply: Reply) => void;

  private constructor(options: ConformanceOptions, server: ReplyServer, setReply: (reply: Reply) => void) {
    this.dialect = options.dialect;
    this.timeoutMs = options.timeoutMs ?? 4_000;
    this.server = server;
    this.#setReply = setReply;
    this.provider = options.createProvider(server.url, apiKey);
  }

  /** Runs one case with a server of its own, which is closed after it. */
  static async run(options: ConformanceOptions, name: string, check: ConformanceCheck): Promise<void> {
    let reply: Reply = () => undefined;
    const server = await startServer((exchange) => reply(exchange));
    try {
      const trial = new Trial(options, server, (next) => (reply = next));
      await check(trial).catch((error: unknown) => {
        throw trial.#failure(name, error);
      });
    } finally {
      await server.close();
    }
  }

  /** From now on requests are answered like this. */
  replyWith(reply: Reply): void {
    this.#setReply(reply);
  }

  /** One model call, to its ending. */
  receive(reply: Reply, more: Partial<ProviderRequest> = {}): Promise<Received> {
    this.replyWith(reply);
    return receive(this.provider.stream$({ ...this.request, ...more }), this.timeoutMs);
  }

  /** The first chunk of a model call that is left after it. */
  firstChunk(): Promise<StreamChunk> {
    return within(this.timeoutMs, 'no chunk came', (resolve, reject) =>
      this.provider.stream$(this.request).subscribe({ next: resolve, error: reject }),
    );
  }

  /** The bytes of an answer's beginning with these pieces of text. */
  opening(texts: readonly string[] = pieces): string {
    return this.frame([...this.dialect.start(usage), ...texts.map((piece) => this.dialect.text(piece))]);
  }

  /** The bytes of an answer's end. */
  ending(): string {
    return this.frame(this.dialect.end(usage));
  }

  frame(events: readonly DialectEvent[]): string {
    return frame(this.dialect, events);
  }

  /** Answers 200 with this body, and leaves the connection as `end` says. */
  body(text: string, end: 'end' | 'cut' | 'stall' = 'end'): Reply {
    return async (exchange) => {
      this.ok(exchange);
      await exchange.write(new TextEncoder().encode(text));
      if (end === 'end') exchange.end();
      else if (end === 'cut') exchange.cut();
    };
  }

  /** Answers with this JSON. */
  json(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Reply {
    return async (exchange) => {
      exchange.head(status, { 'content-type': 'application/json', ...headers });
      await exchange.write(new TextEncoder().encode(JSON.stringify(body)));
      exchange.end();
    };
  }

  /** The head of a streamed answer. */
  ok(exchange: Exchange): void {
    exchange.head(200, { 'content-type': contentType(this.dialect) });
  }

  /** The server sees the close of every request so far, at once. */
  async expectClosed(after: string): Promise<void> {
    for (const [index, exchange] of this.server.exchanges.entries()) {
      await settled(exchange.closed, closeMs, `after ${after} the server did not see the close of request ${index + 1}`);
    }
  }

  #failure(name: string, error: unknown): ProtocolError {
    const message = error instanceof Error ? error.message.replace(/\.$/, '') : describeValue(error);
    // Our own finding has the provider's error, if there is one, as its cause; another error is the provider's.
    const cause = error instanceof ProtocolError ? error.cause : error;
    return violation(`${this.provider.name}, model ${this.provider.model}, "${name}": ${message}.`, cause);
  }
}
