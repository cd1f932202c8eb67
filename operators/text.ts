import { type OperatorFunction, filter, map } from 'rxjs';
import type { RestartChunk, StreamChunk } from '../src/core/chunk.js';
import { ValidationError } from '../src/core/errors.js';
import { checkFunction, checkOptions } from './shared/option-checks.js';

/** Options of `text`. */
export interface TextOptions {
  /**
   * Says how to take back what was emitted since the last step, when a retry starts it anew: the string it returns is
   * emitted (`''`: nothing). Without it a `restart` chunk is an error, because strings cannot be taken back.
   */
  readonly onRestart?: (restart: RestartChunk) => string;
}

/**
 * Emits the text of the answer, piece by piece, as strings.
 *
 * Reasoning, tool chunks and empty pieces are left out; content on `finish` counts. Completion, errors and unsubscribing
 * pass through. A `restart` chunk errors with a `ValidationError` unless `onRestart` is given; an error thrown there goes
 * to the error channel.
 *
 * @example
 * agent.stream$('Hello').pipe(text()).subscribe((piece) => process.stdout.write(piece));
 */
export function text(options: TextOptions = {}): OperatorFunction<StreamChunk, string> {
  checkOptions('text', options);
  const { onRestart } = options;
  checkFunction('text onRestart', onRestart);
  return (source) =>
    source.pipe(
      map((chunk) => (chunk.type === 'restart' ? retract(chunk, onRestart) : contentOf(chunk))),
      filter((piece) => piece !== ''),
    );
}

function contentOf(chunk: StreamChunk): string {
  return chunk.type === 'text' || chunk.type === 'finish' ? chunk.content : '';
}

function retract(restart: RestartChunk, onRestart: TextOptions['onRestart']): string {
  if (onRestart !== undefined) return onRestart(restart);
  throw new ValidationError(
    `text() cannot take back what it emitted before attempt ${restart.attempt}. Give text({ onRestart }), or use accumulate().`,
  );
}
