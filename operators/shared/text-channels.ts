import {
  type FinishChunk,
  type ReasoningChunk,
  type StreamChunk,
  type TextChunk,
  type ToolCallChunk,
  type ToolInputChunk,
  textChunk,
} from '../../src/core/chunk.js';

/** What a text operator does with the text: a plain state machine, one for each text. */
export interface TextMachine {
  /** Takes the next piece; never with half a surrogate pair at its end. */
  add(piece: string): void;
  /** The text ends here: emits all that is held. */
  flush(): void;
  /** Ends what waits for time. */
  dispose?(): void;
}

/** Makes a machine that says by `emit` what goes out; a piece is never empty. */
export type CreateTextMachine = (emit: (piece: string) => void) => TextMachine;

/** Which texts besides the answer's run through machines of their own. */
export interface TextCoverage {
  readonly reasoning: boolean;
  readonly toolInput: boolean;
}

type TextPiece = TextChunk | ReasoningChunk | ToolInputChunk;

interface Channel {
  readonly machine: TextMachine;
  /** The chunk that came last: what goes out takes its other fields. */
  template: TextPiece;
  /** The first half of a surrogate pair that the end of a chunk cut. */
  half: string;
}

/**
 * Leads each text of a stream through a machine, and keeps the rules for held text.
 *
 * Held text goes out before `tool-call`, `step`, `finish` and the end, but the input of a call not before another call; a
 * `restart` voids it; other chunks pass it by.
 * What a consumer pushes into the source while a chunk goes out is queued behind the chunks that are due already.
 */
export class TextChannels {
  readonly #create: CreateTextMachine;
  readonly #covers: TextCoverage;
  readonly #next: (chunk: StreamChunk) => void;
  readonly #channels = new Map<string, Channel>();
  readonly #due: StreamChunk[] = [];
  #head = 0;
  #isTaking = false;
  #isSending = false;

  constructor(create: CreateTextMachine, covers: TextCoverage, next: (chunk: StreamChunk) => void) {
    this.#create = create;
    this.#covers = covers;
    this.#next = next;
  }

  take(chunk: StreamChunk): void {
    this.#isTaking = true;
    try {
      this.#route(chunk);
    } finally {
      this.#isTaking = false;
      // Also when a user's callback threw: what was due before goes out before the error.
      if (!this.#isSending) this.#send();
    }
  }

  /** The source completed or failed. Sends even from within a chunk's `next`: afterwards nobody listens. */
  end(): void {
    this.#isTaking = true;
    try {
      this.#release();
    } finally {
      this.#isTaking = false;
      this.#send();
    }
  }

  dispose(): void {
    this.#drop();
    this.#due.length = 0;
  }

  #route(chunk: StreamChunk): void {
    switch (chunk.type) {
      case 'text':
        this.#add('text', chunk, chunk.content);
        return;
      case 'reasoning':
        if (this.#covers.reasoning) this.#add('reasoning', chunk, chunk.reasoning);
        else this.#put(chunk);
        return;
      case 'tool-input':
        if (this.#covers.toolInput) this.#add(`tool-input ${chunk.toolCallId}`, chunk, chunk.inputDelta);
        else this.#put(chunk);
        return;
      case 'tool-call':
        this.#releaseBefore(chunk);
        this.#put(chunk);
        return;
      case 'step':
        this.#release();
        this.#put(chunk);
        return;
      case 'finish':
        this.#finish(chunk);
        return;
      case 'restart':
        this.#drop();
        this.#put(chunk);
        return;
      case 'tool-approval':
      case 'tool-progress':
      case 'tool-result':
      case 'source':
      case 'file':
        this.#put(chunk);
        return;
      default:
        chunk satisfies never;
    }
  }

  #add(key: string, chunk: TextPiece, piece: string): void {
    const channel = this.#channels.get(key) ?? this.#open(key, chunk);
    channel.template = chunk;
    const text = channel.half + piece;
    channel.half = endsInHalfPair(text) ? text.slice(-1) : '';
    if (text.length > channel.half.length) channel.machine.add(channel.half === '' ? text : text.slice(0, -1));
  }

  #open(key: string, template: TextPiece): Channel {
    const machine = this.#create((piece) => this.#put(withPiece(channel.template, piece)));
    const channel: Channel = { machine, template, half: '' };
    this.#channels.set(key, channel);
    return channel;
  }

  /** The text of a `finish` (mocks put it there) is the answer's last; the last piece of it stays there. */
  #finish(chunk: FinishChunk): void {
    if (chunk.content === '') {
      this.#release();
      this.#put(chunk);
      return;
    }
    this.#add('text', textChunk(chunk.content, chunk.metadata, chunk.timestamp), chunk.content);
    const text = this.#channels.get('text');
    this.#channels.delete('text');
    this.#release();
    const before = this.#due.length;
    if (text !== undefined) flush(text);
    const last = this.#due.length > before ? this.#due.pop() : undefined;
    const content = last?.content ?? '';
    this.#put(content === chunk.content ? chunk : { ...chunk, content });
  }

  /** Calls may come in pieces that alternate: the end of one says nothing of another. */
  #releaseBefore({ toolCallId }: ToolCallChunk): void {
    for (const [key, channel] of [...this.#channels]) {
      if (channel.template.type === 'tool-input' && channel.template.toolCallId !== toolCallId) continue;
      this.#channels.delete(key);
      flush(channel);
    }
  }

  #release(): void {
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    for (const channel of channels) flush(channel);
  }

  #drop(): void {
    for (const { machine } of this.#channels.values()) machine.dispose?.();
    this.#channels.clear();
  }

  #put(chunk: StreamChunk): void {
    this.#due.push(chunk);
    // A timer's: nobody else will send it.
    if (!this.#isTaking && !this.#isSending) this.#send();
  }

  /** A re-entrant call goes on where the outer one is. */
  #send(): void {
    const isInner = this.#isSending;
    this.#isSending = true;
    for (let chunk = this.#shift(); chunk !== undefined; chunk = this.#shift()) this.#next(chunk);
    this.#isSending = isInner;
  }

  /** By index: `Array.shift` moves the rest, and one chunk may give a hundred thousand words. */
  #shift(): StreamChunk | undefined {
    if (this.#head < this.#due.length) return this.#due[this.#head++];
    this.#due.length = 0;
    this.#head = 0;
    return undefined;
  }
}

function flush({ machine, half }: Channel): void {
  if (half !== '') machine.add(half);
  machine.flush();
  machine.dispose?.();
}

function endsInHalfPair(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}

/** The chunk itself when the piece is its whole text. */
function withPiece(chunk: TextPiece, piece: string): TextPiece {
  switch (chunk.type) {
    case 'text':
      return chunk.content === piece ? chunk : textChunk(piece, chunk.metadata, chunk.timestamp);
    case 'reasoning':
      return chunk.reasoning === piece ? chunk : { ...chunk, reasoning: piece };
    case 'tool-input':
      return chunk.inputDelta === piece ? chunk : { ...chunk, inputDelta: piece };
    default:
      return chunk satisfies never;
  }
}
