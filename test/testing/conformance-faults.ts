import { EMPTY, NEVER, catchError, concat, defer, filter, map, mergeMap, Observable, of, throwError } from 'rxjs';
import { type StreamChunk, finishChunk, textChunk } from '../../src/core/chunk.js';
import { type InterruptionReason, ProviderError, StreamInterruptedError, isProviderError, isStreamInterrupted } from '../../src/core/errors.js';
import type { Provider } from '../../src/core/provider.js';
import { StreamingResponse } from '../../src/core/response.js';
import { anthropic } from '../../src/providers/anthropic/index.js';
import { openai } from '../../src/providers/openai/index.js';
import type { ConformanceOptions } from '../../src/testing/index.js';
import { chatDialect, messagesDialect } from './conformance-dialects.js';

/** A provider with one fault, and what the case that finds it says. */
export interface Fault {
  /** The case's name. */
  readonly finder: string;
  readonly what: string;
  readonly subject: ConformanceOptions;
  readonly says: RegExp;
}

type Stream = Observable<StreamChunk>;

/** The openai provider, its streams changed. */
function faultyStream(change: (stream$: Stream) => Stream): ConformanceOptions {
  return faultyProvider((provider) => ({ stream$: (request) => change(provider.stream$(request)) }));
}

function faultyProvider(change: (provider: Provider) => Partial<Provider>): ConformanceOptions {
  const createProvider = (baseURL: string, apiKey: string): Provider => {
    const provider = openai('model-1', { baseURL, apiKey });
    return {
      name: provider.name,
      model: provider.model,
      supportsStreaming: () => true,
      stream$: (request) => provider.stream$(request),
      complete: (request, options) => provider.complete(request, options),
      ...change(provider),
    };
  };
  return { createProvider, dialect: chatDialect };
}

function faultyFetch(fetch: typeof globalThis.fetch): ConformanceOptions {
  return { createProvider: (baseURL, apiKey) => openai('model-1', { baseURL, apiKey, fetch }), dialect: chatDialect };
}

/** An error becomes what `recover` makes of it. */
function recover(error: (thrown: unknown) => Stream): ConformanceOptions {
  return faultyStream((stream$) => stream$.pipe(catchError(error)));
}

const metadata = { streamId: 'conformance' };
const finish = finishChunk({ finishReason: 'stop' }, metadata, 0);

/** Unsubscribing from it is not heard by its source. */
function deaf(stream$: Stream): Stream {
  return new Observable((subscriber) => {
    stream$.subscribe({
      next: (chunk) => subscriber.next(chunk),
      error: (error: unknown) => {
        subscriber.error(error);
      },
      complete: () => {
        subscriber.complete();
      },
    });
  });
}

function interruption(reason: InterruptionReason, partial = new StreamingResponse()): StreamInterruptedError {
  return new StreamInterruptedError('The answer broke off.', { reason, partial });
}

/** The same error, saying more than it should. */
function saying(thrown: unknown, secret: string): unknown {
  return thrown instanceof Error ? Object.assign(thrown, { message: `${thrown.message} ${secret}` }) : thrown;
}

/** Reads each network chunk as a text of its own. */
const splitCharacters: typeof globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init);
  const body = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) => {
        controller.enqueue(new TextEncoder().encode(new TextDecoder().decode(bytes)));
      },
    }),
  );
  return new Response(body ?? null, response);
};

/** Drops each event without an `event:` line, as the official SDK does; the server here writes whole events. */
const dropUnnamed: typeof globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init);
  const events = (await response.text()).split('\n\n');
  return new Response(events.filter((event) => event.startsWith('event:')).map((event) => `${event}\n\n`).join(''), response);
};

/** Changes the text of the body; the server here writes whole answers. */
function rewriteBody(rewrite: (body: string) => string): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    return new Response(rewrite(await response.text()), response);
  };
}

/** A parser of the kind that one writes in a hurry. */
const naiveEvents = rewriteBody((body) =>
  body
    .split('\n\n')
    .map((event) => event.slice('data: '.length))
    .filter((data) => data !== '')
    .map((data) => `data: ${data.replaceAll(/[\r\n]+/g, ' ')}\n\n`)
    .join(''),
);

/** Lines of data alone, but not what the standard says about the space. */
const spacedLines = rewriteBody((body) => [...body.matchAll(/^data: (.*)$/gm)].map(([, data]) => `data: ${data ?? ''}\n\n`).join(''));

/** What a JSON parser that is kind to empty text makes of arguments that were cut. */
const emptyCall: StreamChunk = {
  type: 'tool-call',
  content: '',
  isFinal: false,
  timestamp: 0,
  metadata,
  toolCallId: 'call_2',
  toolName: 'weather',
  input: {},
};

const litter: (() => void)[] = [];

/** Clears what the providers with that fault have left behind, so that the test run can end. */
export function clearLitter(): void {
  for (const clear of litter.splice(0)) clear();
}

/** Leaves something behind with each stream. */
function littering(leave: () => () => void): ConformanceOptions {
  return faultyStream((stream$) =>
    defer(() => {
      litter.push(leave());
      return stream$;
    }),
  );
}

function leaveTimer(): () => void {
  const timer = setInterval(() => undefined, 60_000);
  return () => {
    clearInterval(timer);
  };
}

function leaveListener(): () => void {
  const listener = (): void => undefined;
  const limit = process.getMaxListeners();
  // Node warns of such a leak too.
  process.setMaxListeners(0).on('SIGUSR2', listener).setMaxListeners(limit);
  return () => process.off('SIGUSR2', listener);
}

/** The same error, with a secret where only `console.log` looks. */
function showing(thrown: unknown, secret: string): unknown {
  const inspect = Symbol.for('nodejs.util.inspect.custom');
  return thrown instanceof Error ? Object.defineProperty(thrown, inspect, { value: () => `${thrown.message} { headers: ${secret} }` }) : thrown;
}

/** At least one for each case. */
export const faults: readonly Fault[] = [
  {
    finder: 'a plain answer',
    what: 'loses the reason why the answer ended',
    subject: faultyStream((stream$) => stream$.pipe(map((chunk) => (chunk.type === 'finish' ? { ...chunk, finishReason: 'other' } : chunk)))),
    says: /finishReason is "other"; expected "stop"/,
  },
  {
    finder: 'usage',
    what: 'loses the usage',
    subject: faultyStream((stream$) => stream$.pipe(map((chunk) => (chunk.type === 'finish' ? { ...finish, finishReason: chunk.finishReason } : chunk)))),
    says: /finish\.usage is \{\}; expected \{"inputTokens":12,"outputTokens":34,"totalTokens":46\}/,
  },
  {
    finder: 'a tool call',
    what: 'drops tool calls',
    subject: faultyStream((stream$) => stream$.pipe(filter((chunk) => chunk.type !== 'tool-call'))),
    says: /the tool calls is \[\]/,
  },
  {
    finder: 'a tool call that is cut',
    what: 'makes a call of arguments that were cut',
    subject: recover((thrown) => concat(of(emptyCall), throwError(() => thrown))),
    says: /a tool-call chunk with the input \{\} came; its arguments were cut/,
  },
  {
    finder: 'a tool call that is cut',
    what: 'takes a cut in a call for the end',
    subject: recover(() => of(finish)),
    says: /the stream completed; a StreamInterruptedError \(disconnected\) was expected/,
  },
  {
    finder: 'an answer by complete()',
    what: 'has a complete() that answers garbage',
    subject: faultyProvider(() => ({ complete: () => Promise.resolve({ content: '[object Object]', toolCalls: [], finishReason: 'stop' }) })),
    says: /the content of complete\(\) is "\[object Object\]"; expected "Good morning, Zürich 世界 🌄"/,
  },
  {
    finder: 'an answer by complete()',
    what: 'has a complete() that loses the usage',
    subject: faultyProvider((provider) => ({
      complete: async (request, options) => {
        const { content, toolCalls, finishReason } = await provider.complete(request, options);
        return { content, toolCalls, finishReason };
      },
    })),
    says: /the usage of complete\(\) is \{\}/,
  },
  {
    finder: 'lines that end with CRLF',
    what: 'splits events at LF LF alone',
    subject: faultyFetch(naiveEvents),
    says: /the stream failed with "?StreamInterruptedError.*a finish chunk was expected/,
  },
  {
    finder: 'a byte order mark and comments',
    what: 'takes comments for events',
    subject: faultyFetch(naiveEvents),
    says: /the stream failed with "?StreamInterruptedError.*a finish chunk was expected/,
  },
  {
    finder: 'comments, ids and retry times inside an event',
    what: 'takes the first line of an event for its data',
    subject: faultyFetch(naiveEvents),
    says: /the stream failed with "?StreamInterruptedError.*a finish chunk was expected/,
  },
  {
    finder: 'no space after a colon',
    what: 'needs the space after a colon',
    subject: faultyFetch(spacedLines),
    says: /the stream failed with "?StreamInterruptedError.*a finish chunk was expected/,
  },
  {
    finder: 'nothing left behind',
    what: 'leaves a timer behind',
    subject: littering(leaveTimer),
    says: /2\d more of "Timeout" are there 1000 ms after 8 rounds of streams than before them/,
  },
  {
    finder: 'nothing left behind',
    what: 'leaves a listener behind',
    subject: littering(leaveListener),
    says: /24 more of "listener of process: SIGUSR2" are there/,
  },
  {
    finder: 'HTTP 401',
    what: 'shows the key in the console alone',
    subject: recover((thrown) => throwError(() => showing(thrown, 'Bearer sk-conformance-0123456789abcdef'))),
    says: /the error shows the key \(util\.inspect\)/,
  },
  {
    finder: 'HTTP 500',
    what: 'shows the prompt in the console alone',
    subject: recover((thrown) => throwError(() => showing(thrown, 'The prompt of the conformance test'))),
    says: /the error shows the prompt \(util\.inspect\)/,
  },
  {
    finder: 'any split of the bytes',
    what: 'decodes each network chunk on its own',
    subject: faultyFetch(splitCharacters),
    says: /chunks of an answer that came byte by byte is .*�/,
  },
  {
    finder: 'events without names',
    what: 'drops events without a name',
    subject: { createProvider: (baseURL, apiKey) => anthropic('model-1', { baseURL, apiKey, fetch: dropUnnamed }), dialect: messagesDialect },
    says: /the stream failed with "?StreamInterruptedError.*a finish chunk was expected/,
  },
  {
    finder: 'exactly one finish',
    what: 'says finish twice',
    subject: faultyStream((stream$) => stream$.pipe(mergeMap((chunk) => (chunk.type === 'finish' ? [chunk, chunk] : [chunk])))),
    says: /2 finish chunks came/,
  },
  {
    finder: 'nothing after the end',
    what: 'goes on after finish',
    subject: faultyStream((stream$) => concat(stream$, of(textChunk('too late', metadata, 0)))),
    says: /the text that was delivered is .*too late/,
  },
  {
    finder: 'a cut connection',
    what: 'takes a cut for the end',
    subject: recover(() => of(finish)),
    says: /the stream completed; a StreamInterruptedError \(disconnected\) was expected/,
  },
  {
    finder: 'a clean end before the answer is whole',
    what: 'completes without a finish chunk',
    subject: recover(() => EMPTY),
    says: /the stream completed; a StreamInterruptedError \(truncated\) was expected/,
  },
  {
    finder: 'an event that is not JSON',
    what: 'gives the parser’s error',
    subject: recover(() => throwError(() => new SyntaxError('Unexpected end of JSON input'))),
    says: /the error is SyntaxError: Unexpected end of JSON input/,
  },
  {
    finder: 'an error event',
    what: 'loses what the server said',
    subject: recover((thrown) => throwError(() => interruption('failed', isStreamInterrupted(thrown) ? thrown.partial : undefined))),
    says: /the reason of the interruption is "failed"; expected "provider"/,
  },
  {
    finder: 'HTTP 401',
    what: 'shows the key',
    subject: recover((thrown) => throwError(() => saying(thrown, 'sk-conformance-0123456789abcdef'))),
    says: /the error shows the key/,
  },
  {
    finder: 'HTTP 429',
    what: 'does not tell how long to wait',
    subject: recover((thrown) => throwError(() => (isProviderError(thrown) ? Object.assign(thrown, { retryAfterMs: undefined }) : thrown))),
    says: /retryAfterMs is undefined; expected 7000/,
  },
  {
    finder: 'HTTP 500',
    what: 'repeats the request by itself',
    subject: faultyStream((stream$) => stream$.pipe(catchError(() => stream$))),
    says: /the number of requests is 2; expected 1/,
  },
  {
    finder: 'nothing before subscribe, nothing after an unsubscribe at once',
    what: 'sends the request before it is subscribed',
    subject: faultyProvider((provider) => ({
      stream$: (request) => {
        const stream$ = provider.stream$(request);
        stream$.subscribe({ error: () => undefined });
        return stream$;
      },
    })),
    says: /after an unsubscribe at once the server did not see the close of request 1/,
  },
  {
    finder: 'an idle server',
    what: 'cannot be cancelled before the headers',
    subject: faultyFetch((input, init) => fetch(input, { ...init, signal: null })),
    says: /after an unsubscribe before the response headers the server did not see the close of request 1/,
  },
  {
    finder: 'a stalled answer',
    what: 'reads on when nobody listens',
    subject: faultyStream(deaf),
    says: /after an unsubscribe in a stalled answer the server did not see the close of request 1/,
  },
  {
    finder: 'an aborted signal',
    what: 'has a complete() that ignores its signal',
    // It hangs, and is given up soon.
    subject: { ...faultyProvider((provider) => ({ complete: (request) => provider.complete(request) })), timeoutMs: 1_000 },
    says: /complete\(\) did not reject after its signal was aborted within 1000 ms/,
  },
  {
    finder: 'break',
    what: 'reads on after a break',
    subject: faultyStream(deaf),
    says: /after a break out of `for await` the server did not see the close of request 1/,
  },
  {
    finder: 'a slow consumer',
    what: 'does not look at the demand',
    // Subscribed later, and not through RxJS: neither way by which a source finds the demand is left.
    subject: faultyStream(
      (stream$) =>
        new Observable((subscriber) => {
          queueMicrotask(() => {
            subscriber.add(deaf(stream$).subscribe({ next: (chunk) => subscriber.next(chunk), complete: () => subscriber.complete() }));
          });
        }),
    ),
    says: /the server could write \d+ bytes to a consumer that took one chunk/,
  },
  {
    finder: 'a plain answer',
    what: 'never says anything',
    subject: { ...faultyStream(() => NEVER), timeoutMs: 200 },
    says: /the stream neither completed nor failed within 200 ms/,
  },
  {
    finder: 'a plain answer',
    what: 'forgets the id of the stream',
    subject: faultyStream((stream$) => stream$.pipe(map((chunk) => ({ ...chunk, metadata: { streamId: 'another' } })))),
    says: /metadata\.streamId is "another"; expected "conformance"/,
  },
  {
    finder: 'a cut connection',
    what: 'loses what was delivered',
    subject: recover(() => throwError(() => interruption('disconnected', new StreamingResponse()))),
    says: /partialResponse is ""; expected "Good morning, Zürich 世界 🌄"/,
  },
  {
    finder: 'an error event',
    what: 'has an untyped cause',
    subject: recover((thrown) => throwError(() => interruption('provider', isStreamInterrupted(thrown) ? thrown.partial : undefined))),
    says: /a ProviderError was expected/,
  },
  {
    finder: 'HTTP 401',
    what: 'does not tell one refusal from another',
    subject: recover(() => throwError(() => new ProviderError('Refused.', { provider: 'openai', model: 'model-1', status: 401 }))),
    says: /the error is "ProviderError"; expected "AuthenticationError"/,
  },
  {
    finder: 'HTTP 500',
    what: 'shows the prompt',
    subject: recover((thrown) => throwError(() => saying(thrown, 'The prompt of the conformance test'))),
    says: /the error shows the prompt/,
  },
  {
    finder: 'nothing before subscribe, nothing after an unsubscribe at once',
    what: 'asks although nobody listens any more',
    subject: faultyStream(deaf),
    says: /after an unsubscribe at once the server did not see the close of request 1/,
  },
  {
    finder: 'an aborted signal',
    what: 'reads on after an abort',
    subject: faultyStream(deaf),
    says: /after an abort of the stream the server did not see the close of request 1/,
  },
  {
    finder: 'a slow consumer',
    what: 'loses a piece of a long answer',
    subject: faultyStream((stream$) => stream$.pipe(filter((_, index) => index !== 500))),
    says: /the number of characters is 32735232; expected 32768000/,
  },
];
