import type { ChunkMetadata, StreamChunk, ToolCall } from './chunk.js';
import { type Usage, sumUsage } from './usage.js';

/** Where a call of this stream stands. */
type CallState = 'input' | 'open' | 'closed';

interface CallRecord {
  readonly toolName: string;
  readonly providerExecuted: boolean;
  readonly stepIndex: number;
  state: CallState;
}

const chunkTypes: Readonly<Record<StreamChunk['type'], true>> = {
  text: true,
  reasoning: true,
  'tool-input': true,
  'tool-call': true,
  'tool-approval': true,
  'tool-progress': true,
  'tool-result': true,
  source: true,
  file: true,
  step: true,
  restart: true,
  finish: true,
};

/**
 * Checks a stream against the grammar of chunks: `content* step … finish`, tool-input before its tool-call, that before
 * its result, every call of ours closed before the `finish` of a run, one `finish`, last.
 *
 * `check` and `end` return what is wrong in one sentence, or `undefined`. Plain state machine; `verifyStream()` wraps it.
 */
export class StreamGrammar {
  readonly #calls = new Map<string, CallRecord>();
  #stepCalls: string[] = [];
  #usages: (Usage | undefined)[] = [];
  #streamId: string | undefined;
  #steps = 0;
  #sinceStep = 0;
  #finished = false;

  /** Takes the next chunk. */
  check(chunk: StreamChunk): string | undefined {
    if (this.#finished) return `a ${chunk.type} chunk came after finish`;
    const shape = this.#checkShape(chunk);
    if (shape !== undefined) return shape;
    const before = this.#sinceStep;
    this.#sinceStep = chunk.type === 'step' ? 0 : before + 1;
    switch (chunk.type) {
      case 'tool-input':
      case 'tool-call':
        return this.#checkCall(chunk);
      case 'tool-approval':
      case 'tool-progress':
        return this.#stateOf(chunk.toolCallId) === 'open'
          ? undefined
          : `${chunk.type} for call ${chunk.toolCallId}, which is not open`;
      case 'tool-result':
        return this.#checkResult(chunk);
      case 'step':
        return this.#checkStep(chunk);
      case 'restart':
        this.#usages.push(...(chunk.usage === undefined ? [] : [chunk.usage]));
        this.#voidStep();
        return undefined;
      case 'finish':
        return this.#checkFinish(chunk, before);
      case 'text':
      case 'reasoning':
      case 'source':
      case 'file':
        return undefined;
      default:
        chunk satisfies never;
        return undefined;
    }
  }

  /** The stream completed. */
  end(): string | undefined {
    return this.#finished ? undefined : 'the stream completed without a finish chunk';
  }

  #checkShape(chunk: StreamChunk): string | undefined {
    if (!Object.hasOwn(chunkTypes, chunk.type)) return `${chunk.type} is no type of chunk`;
    if (typeof chunk.content !== 'string') return `${chunk.type} has no content`;
    if (chunk.isFinal !== (chunk.type === 'finish')) return `isFinal is ${String(chunk.isFinal)} on a ${chunk.type} chunk`;
    if (chunk.content !== '' && chunk.type !== 'text' && chunk.type !== 'finish') return `${chunk.type} carries content`;
    if (!Number.isFinite(chunk.timestamp)) return `${chunk.type} has no timestamp`;
    // Chunks may come from somebody's own provider, where types were not checked.
    if (typeof (chunk.metadata as ChunkMetadata | undefined)?.streamId !== 'string') return `${chunk.type} has no streamId`;
    this.#streamId ??= chunk.metadata.streamId;
    if (chunk.metadata.streamId !== this.#streamId) {
      return `streamId changed from ${this.#streamId} to ${chunk.metadata.streamId}`;
    }
    return undefined;
  }

  #checkCall(chunk: Extract<StreamChunk, { type: 'tool-input' | 'tool-call' }>): string | undefined {
    const { toolCallId, toolName } = chunk;
    const providerExecuted = chunk.providerExecuted === true;
    if (toolCallId === '') return `${chunk.type} without a toolCallId`;
    const call = this.#calls.get(toolCallId);
    const state: CallState = chunk.type === 'tool-input' ? 'input' : 'open';
    if (call === undefined) {
      this.#calls.set(toolCallId, { toolName, providerExecuted, stepIndex: this.#steps, state });
      this.#stepCalls.push(toolCallId);
      return this.#checkInput(chunk);
    }
    // An earlier step's call is looked at first: ids are unique in a run, whatever became of the call.
    if (call.stepIndex !== this.#steps) return `call ${toolCallId} is used in two steps`;
    if (call.state !== 'input') return `${chunk.type} for call ${toolCallId} after its tool-call`;
    if (call.toolName !== toolName) return `call ${toolCallId} changed its tool from ${call.toolName} to ${toolName}`;
    if (call.providerExecuted !== providerExecuted) return `providerExecuted of call ${toolCallId} differs between its chunks`;
    call.state = state;
    return this.#checkInput(chunk);
  }

  #checkInput(chunk: Extract<StreamChunk, { type: 'tool-input' | 'tool-call' }>): string | undefined {
    if (chunk.type !== 'tool-call' || chunk.providerExecuted) return undefined;
    const isObject = typeof chunk.input === 'object' && chunk.input !== null && !Array.isArray(chunk.input);
    if (chunk.invalidInput !== undefined && chunk.input !== undefined) {
      return `call ${chunk.toolCallId} has both input and invalidInput`;
    }
    return isObject || chunk.invalidInput !== undefined ? undefined : `call ${chunk.toolCallId} has no object as input`;
  }

  #checkResult(chunk: Extract<StreamChunk, { type: 'tool-result' }>): string | undefined {
    const call = this.#calls.get(chunk.toolCallId);
    if (call === undefined) {
      // A provider may report the result of a call that it made in an earlier turn.
      return chunk.providerExecuted ? undefined : `tool-result for the unknown call ${chunk.toolCallId}`;
    }
    if (call.state !== 'open') return `tool-result for call ${chunk.toolCallId}, which is not open`;
    if (call.providerExecuted !== (chunk.providerExecuted === true)) {
      return `providerExecuted of call ${chunk.toolCallId} differs between call and result`;
    }
    call.state = 'closed';
    if (chunk.usage !== undefined) this.#usages.push(chunk.usage);
    return undefined;
  }

  #checkStep(chunk: Extract<StreamChunk, { type: 'step' }>): string | undefined {
    if (chunk.stepIndex !== this.#steps) return `stepIndex is ${chunk.stepIndex}, expected ${this.#steps}`;
    this.#steps++;
    this.#stepCalls = [];
    this.#usages.push(chunk.usage);
    return undefined;
  }

  #voidStep(): void {
    for (const id of this.#stepCalls) this.#calls.delete(id);
    this.#stepCalls = [];
  }

  #checkFinish(chunk: Extract<StreamChunk, { type: 'finish' }>, sinceStep: number): string | undefined {
    this.#finished = true;
    if (this.#steps === 0) return undefined;
    if (sinceStep > 0) return 'finish came before the step chunk of the model call that was streaming';
    return this.#checkOpenCalls(chunk.pending ?? []) ?? this.#checkUsage(chunk.usage);
  }

  #checkOpenCalls(pending: readonly ToolCall[]): string | undefined {
    const listed = new Set(pending.map((call) => call.toolCallId));
    for (const [id, call] of this.#calls) {
      if (call.providerExecuted || call.state !== 'open' || listed.has(id)) continue;
      return `call ${id} has no result before finish`;
    }
    for (const id of listed) if (this.#stateOf(id) !== 'open') return `finish.pending lists call ${id}, which is not open`;
    return undefined;
  }

  #checkUsage(usage: Usage | undefined): string | undefined {
    const sum = sumUsage(this.#usages);
    if (sum === undefined || usage === undefined) {
      return sum === usage ? undefined : `finish.usage is ${usage === undefined ? 'absent' : 'present'}, its parts are not`;
    }
    // A silent retry or a hedge's loser adds its usage to finish alone, so the total may be more than its visible parts.
    return usage.inputTokens >= sum.inputTokens && usage.outputTokens >= sum.outputTokens
      ? undefined
      : `finish.usage (${usage.inputTokens}/${usage.outputTokens}) is less than its parts (${sum.inputTokens}/${sum.outputTokens})`;
  }

  #stateOf(id: string): CallState | undefined {
    return this.#calls.get(id)?.state;
  }
}
