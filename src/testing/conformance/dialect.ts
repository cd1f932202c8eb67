/** One event of a streamed answer, before it is framed. */
export interface DialectEvent {
  /** The `event:` field, where the dialect has one. Framing `ndjson` has none. */
  readonly event?: string;
  /** An object is sent as JSON, a string as it is. */
  readonly data: object | string;
}

/** What a test answer says it has cost. */
export interface DialectUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A tool call of a test answer. */
export interface DialectToolCall {
  readonly toolCallId: string;
  readonly toolName: string;
  /** The arguments' JSON text, in the pieces that the server sends. */
  readonly fragments: readonly string[];
}

/**
 * How a server of the provider's API writes its answers. All of it is data: the conformance kit frames it, cuts it, splits it
 * and sends it.
 *
 * A text answer is `start`, one `text` per piece, `end`. It must not be whole before the first event of `end`.
 */
export interface Dialect {
  /** How events become bytes: server-sent events, or a line of JSON each. Default `sse`. */
  readonly framing?: 'sse' | 'ndjson';
  /** The events before the first piece of text; may be none. */
  readonly start: (usage: DialectUsage) => readonly DialectEvent[];
  /** The one event that carries a piece of text. */
  readonly text: (piece: string) => DialectEvent;
  /** The events after the last piece of text: why the answer stopped (its natural end), its usage, the terminal event. */
  readonly end: (usage: DialectUsage) => readonly DialectEvent[];
  /** A whole answer that holds nothing but one tool call. */
  readonly toolCall: (call: DialectToolCall, usage: DialectUsage) => readonly DialectEvent[];
  /** The JSON body of an answer without streaming. Leave it out when the provider's `complete()` asks for a stream and collects it. */
  readonly completion?: (text: string, usage: DialectUsage) => object;
  /** The event by which the server says that it failed in the middle of an answer. */
  readonly error: (message: string) => DialectEvent;
  /** The JSON body of an answer with status 401, 429 or 500. */
  readonly httpError: (status: number, message: string) => object;
}

/** The bytes of some events, as text. */
export function frame(dialect: Dialect, events: readonly DialectEvent[]): string {
  return events.map((event) => (dialect.framing === 'ndjson' ? `${dataOf(event)}\n` : sse(event))).join('');
}

/** The media type of the dialect's answers. */
export function contentType(dialect: Dialect): string {
  return dialect.framing === 'ndjson' ? 'application/x-ndjson' : 'text/event-stream';
}

/** The same event with half its data: framed well, but no JSON. */
export function broken(event: DialectEvent): DialectEvent {
  const data = dataOf(event);
  return { ...event, data: data.slice(0, Math.floor(data.length / 2)) };
}

function dataOf({ data }: DialectEvent): string {
  return typeof data === 'string' ? data : JSON.stringify(data);
}

function sse(event: DialectEvent): string {
  const name = event.event === undefined ? '' : `event: ${event.event}\n`;
  return `${name}data: ${dataOf(event)}\n\n`;
}
