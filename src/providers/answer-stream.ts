import { Observable, type SchedulerLike, type Subscriber, type Subscription, asyncScheduler } from 'rxjs';
import { type StreamChunk, chunkMetadata } from '../core/chunk.js';
import { type Demand, findDemand } from '../core/demand.js';
import { type InterruptionReason, StreamInterruptedError } from '../core/errors.js';
import type { ProviderRequest } from '../core/provider.js';
import { StreamingResponse } from '../core/response.js';
import { newStreamId } from '../core/stream-id.js';
import type { ErrorContext } from './http-error.js';
import { AnswerDecoder, type BodyEnd } from './wire/answer-decoder.js';
import type { BodySource } from './wire/body-source.js';
import type { FrameDecoder, FrameListener } from './wire/frames.js';
import type { Translator, TranslatorContext } from './wire/translator.js';
import { type AnswerBody, openBody } from './wire/web-body.js';

/** How long a server may stay silent after a whole answer before we end it, in milliseconds (design: when an answer is whole). */
const settleMs = 1_000;
/** How long the rest of a body may take after the answer, so that its connection can be used again, in milliseconds. */
const drainMs = 250;

/** One model call: how to ask, and how to read the answer. */
export interface AnswerStreamParts {
  readonly request: ProviderRequest;
  /** Sends the request; resolves with the 2xx response's headers read and its body unread. */
  readonly open: (signal: AbortSignal) => Promise<AnswerBody>;
  /** Makes the typed error of what `open` threw. */
  readonly toError: (error: unknown) => Error;
  /** What errors inside the answer are made with. */
  readonly errors: ErrorContext;
  readonly translator: (context: TranslatorContext) => Translator;
  readonly frames: (listener: FrameListener) => FrameDecoder;
  /** Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * One model call over HTTP as a cold Observable of chunks.
 *
 * Unsubscribing aborts the request and closes the connection, also while the socket is stalled. Before the 2xx headers it
 * errors with a typed `ProviderError`; after them with a `StreamInterruptedError` that carries what was delivered. It waits
 * while its consumer's demand is shut.
 */
export function streamAnswer(parts: AnswerStreamParts): Observable<StreamChunk> {
  return new Observable((subscriber) => {
    const call = new ModelCall(parts, subscriber);
    call.start();
    return () => {
      call.stop();
    };
  });
}

const why: Readonly<Record<InterruptionReason, string>> = {
  aborted: 'the stream was aborted',
  timeout: 'the stream took too long',
  disconnected: 'the connection broke in the middle of the answer',
  truncated: 'the answer ended without its terminal event',
  malformed: 'the answer is not in the format of its API',
  provider: 'the server reported an error in the middle of the answer',
  blocked: 'the answer was blocked',
  failed: 'the answer could not be read',
};

/**
 * Aborts on a stack of its own, on which nothing else is known: the connection is closed already.
 *
 * The Anthropic SDK keeps the error that it makes of an abort until the response's body is collected. V8 keeps with an error the
 * functions and objects of its frames; among ours is one that holds the body: the run would never be freed.
 */
function abortAlone(controller: AbortController): void {
  queueMicrotask(() => {
    controller.abort();
  });
}

class ModelCall {
  readonly #parts: AnswerStreamParts;
  readonly #subscriber: Subscriber<StreamChunk>;
  readonly #controller = new AbortController();
  readonly #partial: StreamingResponse;
  readonly #demand: Demand | undefined;
  readonly #translator: Translator;
  readonly #decoder: AnswerDecoder;
  #body: BodySource | undefined;
  #settling: Subscription | undefined;
  /** How many events had come when the silence began. */
  #quietSince = 0;
  #forgetDemand: (() => void) | undefined;
  #over = false;

  constructor(parts: AnswerStreamParts, subscriber: Subscriber<StreamChunk>) {
    this.#parts = parts;
    this.#subscriber = subscriber;
    const streamId = parts.request.streamId ?? newStreamId();
    this.#partial = new StreamingResponse({ streamId });
    const demand = findDemand(subscriber);
    this.#demand = demand;
    const context: TranslatorContext = { ...parts.errors, metadata: chunkMetadata(streamId), timestamp: 0 };
    this.#translator = parts.translator(context);
    this.#decoder = new AnswerDecoder({
      context,
      translator: this.#translator,
      frames: parts.frames,
      emit: (chunk) => {
        this.#emit(chunk);
      },
      ...(demand !== undefined && { isPaused: () => !demand.isOpen }),
    });
  }

  start(): void {
    this.#forgetDemand = this.#demand?.onChange(() => {
      this.#onDemand();
    });
    this.#open().then(
      (body) => {
        this.#read(body);
      },
      (error: unknown) => {
        if (!this.#over) this.#subscriber.error(this.#parts.toError(error));
      },
    );
  }

  /** Runs on every ending. Aborting a request that is over would cost its connection, so that one is drained. */
  stop(): void {
    this.#over = true;
    this.#stopWatching();
    this.#forgetDemand?.();
    const finished = this.#decoder.outcome?.type === 'finished';
    this.#decoder.stop();
    if (finished) {
      this.#body?.drain(drainMs);
      return;
    }
    if (this.#body === undefined) {
      this.#controller.abort();
      return;
    }
    this.#body.stop();
    abortAlone(this.#controller);
  }

  /** Not an async function's body alone: `open` may throw before its first await. */
  async #open(): Promise<AnswerBody> {
    return this.#parts.open(this.#controller.signal);
  }

  #read(answer: AnswerBody): void {
    const body = this.#openBody(answer);
    this.#body = body;
    if (this.#over || body === undefined) {
      body?.stop();
      return;
    }
    body.start({
      onData: (bytes) => {
        this.#guard(() => {
          this.#decoder.feed(bytes);
        });
      },
      onEnd: () => {
        this.#onBodyEnd('clean');
      },
      onCut: (error) => {
        this.#onBodyEnd('cut', error);
      },
    });
    if (this.#isShut()) body.pause();
  }

  /** `undefined` when somebody has read it before us: a `fetch` of the user's that logs. */
  #openBody(answer: AnswerBody): BodySource | undefined {
    try {
      return openBody(answer);
    } catch (error) {
      if (!this.#over) this.#interrupt('failed', error);
      return undefined;
    }
  }

  #isShut(): boolean {
    return this.#demand?.isOpen === false;
  }

  #onBodyEnd(how: BodyEnd, error?: Error): void {
    this.#guard(() => {
      this.#decoder.end(how, error);
    });
  }

  #onDemand(): void {
    if (this.#over || this.#body === undefined) return;
    if (this.#isShut()) {
      this.#stopWatching();
      this.#body.pause();
      return;
    }
    this.#guard(() => {
      this.#decoder.resume();
    });
    if (!this.#isShut()) this.#body.resume();
  }

  /** Lets the decoder work, then looks at what came of it. */
  #guard(work: () => void): void {
    if (this.#over) return;
    try {
      work();
    } catch (error) {
      this.#interrupt('failed', error);
      return;
    }
    const outcome = this.#decoder.outcome;
    if (outcome === undefined) this.#watchSilence();
    else if (outcome.type === 'finished') this.#complete();
    else if (outcome.type === 'interrupted') this.#interrupt(outcome.reason, outcome.cause);
  }

  /** A whole answer whose server neither says so nor hangs up ends after a silence. */
  #watchSilence(): void {
    const { eventCount } = this.#decoder;
    // Comments and pieces of an event say nothing yet: they do not begin the silence anew.
    if (this.#settling !== undefined && eventCount === this.#quietSince) return;
    this.#stopWatching();
    // While the demand is shut it is we who do not read: what the server has sent since is still on its way.
    if (this.#decoder.phase === 'open' || this.#decoder.isHolding || this.#isShut()) return;
    this.#quietSince = eventCount;
    this.#settling = (this.#parts.scheduler ?? asyncScheduler).schedule(() => {
      this.#guard(() => {
        this.#decoder.settle();
      });
    }, settleMs);
  }

  #stopWatching(): void {
    this.#settling?.unsubscribe();
    this.#settling = undefined;
  }

  #emit(chunk: StreamChunk): void {
    this.#partial.addChunk(chunk);
    this.#subscriber.next(chunk);
    if (this.#subscriber.closed) this.#decoder.stop();
  }

  #complete(): void {
    this.#over = true;
    this.#subscriber.complete();
  }

  #interrupt(reason: InterruptionReason, cause: unknown): void {
    this.#over = true;
    const { provider, model } = this.#parts.errors;
    const said = cause instanceof Error && reason === 'provider' ? `: ${cause.message.replace(/\.$/, '')}` : '';
    const message = `${provider}, model ${model}: ${why[reason]}${said}. What came is in partialResponse; ask again for the rest.`;
    const partial = this.#partial.end(this.#translator.partialFacts());
    this.#subscriber.error(new StreamInterruptedError(message, { reason, partial, cause }));
  }
}
