import { EMPTY, type Observable, Subject, concat, defer, filter, map, mergeAll, of, takeUntil, takeWhile, tap } from 'rxjs';
import {
  type FinishChunk,
  type StreamChunk,
  type ToolApprovalChunk,
  type ToolCall,
  type ToolCallChunk,
  type ToolProgressChunk,
  type ToolResultChunk,
  isOwnToolCall,
} from '../src/core/chunk.js';
import { type Demand, withDemand } from '../src/core/demand.js';
import { copyOfData } from '../src/core/plain-data.js';
import { type ToolEvent, type ToolHandler, denied, failed, invalidArguments } from '../src/core/tool.js';
import { ToolQueue } from './tool-queue.js';

/** What a running call adds to the stream. */
type ToolChunk = ToolApprovalChunk | ToolProgressChunk | ToolResultChunk;

/** How the calls of a step are run. */
export interface ToolStepOptions {
  readonly handle: ToolHandler;
  readonly concurrency: number;
  readonly startAfterStep: (call: ToolCall) => boolean;
  readonly now: () => number;
  /** Who paces the stream, if anybody does. */
  readonly demand: Demand | undefined;
}

/** A call that runs: how to end it, and the progress it holds back while the consumer is slow. */
interface RunningCall {
  readonly stop: Subject<void>;
  heldProgress: ToolProgressChunk | undefined;
}

/** The tool calls of one subscription: decides which chunks pass, and inserts those of the tools between them. */
export class ToolStep {
  /** What goes out besides the chunks that `passes` lets through. */
  readonly inserted: Observable<StreamChunk>;
  readonly #options: ToolStepOptions;
  readonly #queue: ToolQueue;
  readonly #running = new Map<string, RunningCall>();
  readonly #insertions = new Subject<Observable<StreamChunk>>();
  #heldFinish: FinishChunk | undefined;
  #sourceIsComplete = false;
  #isAdvancing = false;

  constructor(options: ToolStepOptions) {
    this.#options = options;
    this.#queue = new ToolQueue(options.concurrency);
    this.inserted = this.#insertions.pipe(mergeAll(), tap({ error: () => this.abort() }));
  }

  /** Takes a chunk of the source in; false when it is inserted, held or left out instead. */
  passes(chunk: StreamChunk): boolean {
    switch (chunk.type) {
      case 'tool-call':
        return !isOwnToolCall(chunk) || this.#queue.has(chunk.toolCallId) || this.#takeCall(chunk);
      case 'tool-result':
        return chunk.providerExecuted === true || this.#takeUpstreamResult(chunk);
      case 'restart':
        this.abort();
        this.#queue.clear();
        return true;
      case 'finish':
        return this.#takeFinish(chunk);
      case 'text':
      case 'reasoning':
      case 'tool-input':
      case 'tool-approval':
      case 'tool-progress':
      case 'source':
      case 'file':
      case 'step':
        return true;
      default:
        chunk satisfies never;
        return true;
    }
  }

  sourceCompleted(): void {
    this.#sourceIsComplete = true;
    this.#advance();
  }

  /** Unsubscribes every running call: their signals abort, no result comes. */
  abort(): void {
    for (const toolCallId of [...this.#running.keys()]) this.#stop(toolCallId);
  }

  /** The gate changed: held progress goes out while it is open. */
  releaseProgress(): void {
    for (const running of [...this.#running.values()]) {
      if (this.#options.demand?.isOpen === false) return;
      this.#flush(running);
    }
  }

  #takeCall(chunk: ToolCallChunk): false {
    const { toolCallId, toolName, input } = chunk;
    const isValid = chunk.invalidInput === undefined;
    this.#queue.add(chunk, isValid && this.#options.startAfterStep({ toolCallId, toolName, input }));
    // Inserted, not passed: the call must go out before what its tool emits synchronously.
    this.#insert(of(chunk));
    this.#advance();
    return false;
  }

  #takeUpstreamResult(chunk: ToolResultChunk): false {
    const { toolCallId } = chunk;
    if (this.#queue.isClosed(toolCallId)) return false;
    this.#stop(toolCallId);
    this.#queue.close(toolCallId);
    // Inserted, not passed: a call that waited for a free place starts behind this result.
    this.#insert(of(chunk));
    this.#advance();
    return false;
  }

  #takeFinish(chunk: FinishChunk): boolean {
    this.#queue.endStep(chunk.finishReason);
    if (this.#queue.isIdle) return true;
    this.#heldFinish = chunk;
    this.#advance();
    return false;
  }

  /** Does what can be done now. One loop: tools that end synchronously must not nest it once per call. */
  #advance(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    for (let next = this.#queue.next(); next !== undefined; next = this.#queue.next()) {
      switch (next.type) {
        case 'start':
          this.#start(next.call);
          break;
        case 'refuse-input':
          this.#answer(next.call, invalidArguments(next.call));
          break;
        case 'refuse-ending':
          this.#answer(next.call, failed(`"${next.call.toolName}" was not run: the answer ended with "${next.finishReason}".`));
          break;
        default:
          next satisfies never;
      }
    }
    this.#isAdvancing = false;
    if (this.#queue.isIdle) this.#end();
  }

  #end(): void {
    const finish = this.#heldFinish;
    this.#heldFinish = undefined;
    if (finish !== undefined) this.#insert(of(finish));
    if (this.#sourceIsComplete) this.#insertions.complete();
  }

  #start(call: ToolCallChunk): void {
    const running: RunningCall = { stop: new Subject(), heldProgress: undefined };
    this.#running.set(call.toolCallId, running);
    const ended = defer(() => {
      this.#running.delete(call.toolCallId);
      this.#advance();
      return EMPTY;
    });
    const chunks = firstResult(call, this.#options.handle).pipe(
      map((event) => this.#toChunk(event, call)),
      filter((chunk) => this.#lets(chunk, running)),
    );
    const run = concat(chunks, ended).pipe(takeUntil(running.stop));
    const { demand } = this.#options;
    if (demand === undefined) this.#insert(run);
    // Above a `share()` there is no chain of subscribers to follow: the tool then finds the demand as the current one.
    else withDemand(demand, () => this.#insert(run));
  }

  /** False when a chunk of a running call is held back. */
  #lets(chunk: ToolChunk, running: RunningCall): boolean {
    if (chunk.type === 'tool-progress' && this.#options.demand?.isOpen === false) {
      running.heldProgress = chunk;
      return false;
    }
    this.#flush(running);
    if (chunk.type === 'tool-result') this.#queue.close(chunk.toolCallId);
    return true;
  }

  #flush(running: RunningCall): void {
    const chunk = running.heldProgress;
    running.heldProgress = undefined;
    if (chunk !== undefined) this.#insert(of(chunk));
  }

  #stop(toolCallId: string): void {
    const running = this.#running.get(toolCallId);
    this.#running.delete(toolCallId);
    running?.stop.next();
  }

  #answer(call: ToolCallChunk, event: ToolEvent): void {
    this.#insert(of(this.#toChunk(event, call)));
  }

  #insert(chunks: Observable<StreamChunk>): void {
    this.#insertions.next(chunks);
  }

  #toChunk(event: ToolEvent, { toolCallId, toolName, input, metadata }: ToolCallChunk): ToolChunk {
    const shared = { content: '', isFinal: false as const, timestamp: this.#options.now(), metadata, toolCallId, toolName };
    return event.type === 'tool-approval' ? { input, ...event, ...shared } : { ...event, ...shared };
  }
}

/** The events of a call up to its first result; completing without one is a denial. */
function firstResult({ toolCallId, toolName, input }: ToolCallChunk, handle: ToolHandler): Observable<ToolEvent> {
  return defer(() => {
    let isOpen = true;
    // A copy: the chunk, the response and the history say what the model sent, whatever a tool does to its input.
    const events = handle({ toolCallId, toolName, input: copyOfData(input) }).pipe(
      // Closed before the result goes out: what a tool emits while its result is being delivered is not heard.
      filter(() => isOpen),
      tap((event) => {
        if (event.type === 'tool-result') isOpen = false;
      }),
      takeWhile((event) => event.type !== 'tool-result', true),
    );
    return concat(
      events,
      defer(() => (isOpen ? of(denied()) : EMPTY)),
    );
  });
}
