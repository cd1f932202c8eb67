import type { StreamChunk } from '../core/chunk.js';
import type { StreamMetrics } from '../core/metrics.js';
import type { Screen, Style } from './screen.js';

/** What was shown last decides where a new line begins. */
type Block = 'text' | 'reasoning' | 'other';

/** Shows the chunks of one stream on a screen. */
export class ChunkView {
  readonly #screen: Screen;
  #block: Block = 'other';

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  show(chunk: StreamChunk): void {
    switch (chunk.type) {
      case 'text':
        this.#write('text', chunk.content, 'plain');
        return;
      case 'reasoning':
        this.#write('reasoning', chunk.reasoning, 'reasoning');
        return;
      case 'tool-input':
        this.#screen.wait();
        return;
      case 'tool-call':
        this.#line(`→ ${chunk.toolName}(${chunk.invalidInput ?? toText(chunk.input)})`);
        this.#screen.wait();
        return;
      case 'tool-result':
        this.#line(`← ${chunk.isError ? 'error: ' : ''}${toText(chunk.output)}`);
        this.#screen.wait();
        return;
      case 'tool-approval':
        this.#line(`? ${chunk.toolName} waits for approval`);
        return;
      case 'tool-progress':
        this.#line(`… ${chunk.toolName}: ${toText(chunk.progress)}`);
        return;
      case 'source':
        this.#line(`[source] ${[chunk.title, chunk.url].filter(Boolean).join(' ')}`);
        return;
      case 'file':
        this.#line(`[file] ${chunk.mediaType}`);
        return;
      case 'restart':
        this.#line(`(the answer starts again: ${chunk.reason})`);
        return;
      case 'step':
        return;
      case 'finish':
        this.#write('text', chunk.content, 'plain');
        return;
      default:
        chunk satisfies never;
    }
  }

  #write(block: Block, text: string, style: Style): void {
    if (text === '') return;
    if (this.#block !== block) this.#screen.endLine();
    this.#block = block;
    this.#screen.write(text, style);
  }

  #line(text: string): void {
    this.#block = 'other';
    this.#screen.line(text, 'tool');
  }
}

const maxLength = 500;

/** Never fails: a tool may give what JSON cannot hold. */
function toText(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, maxLength);
  try {
    // `undefined` has no JSON, which the type of `stringify` does not say.
    return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, maxLength);
  } catch {
    return '(not JSON)';
  }
}

/** One line of figures for the end of an answer. */
export function metricsLine(metrics: StreamMetrics): string {
  const about = metrics.tokensEstimated ? '~' : '';
  const tokens = `${metrics.inputTokens ?? 'unknown'} tokens in, ${about}${metrics.outputTokens} out`;
  const rate = metrics.tokensPerSecond === undefined ? '' : `${about}${metrics.tokensPerSecond.toFixed(1)} tokens/s`;
  return [
    `first chunk ${metrics.firstChunkMs === undefined ? 'never' : duration(metrics.firstChunkMs)}`,
    `${metrics.chunkCount} chunks`,
    tokens,
    rate,
    `${duration(metrics.durationMs)} in all`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
