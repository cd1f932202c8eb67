import type { MonoTypeOperatorFunction } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { mapText } from './shared/map-text.js';
import type { TextMachine } from './shared/text-channels.js';

/**
 * Cuts the text into chunks of one whole line each.
 *
 * A line keeps its end (`\n` or `\r\n`; a lone `\r` ends none), so that the pieces joined are the text. The result is the
 * same however the source cuts the text.
 *
 * A line is held until its end comes, or until a `tool-call`, `step`, `finish`, completion or error; a `restart` voids it.
 * Content on `finish` counts as text. Other chunks pass it by. Unsubscribing stops the source and drops what is held.
 *
 * @example
 * agent.stream$('List ten rivers, one a line').pipe(lines(), text()).subscribe((line) => list.add(line.trimEnd()));
 * @see words, sentences
 */
export function lines(): MonoTypeOperatorFunction<StreamChunk> {
  return mapText((emit) => new LineSplitter(emit));
}

class LineSplitter implements TextMachine {
  readonly #emit: (piece: string) => void;
  #held = '';

  constructor(emit: (piece: string) => void) {
    this.#emit = emit;
  }

  add(piece: string): void {
    let start = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', start)) {
      const line = this.#held + piece.slice(start, end + 1);
      this.#held = '';
      start = end + 1;
      this.#emit(line);
    }
    this.#held += piece.slice(start);
  }

  flush(): void {
    const line = this.#held;
    this.#held = '';
    if (line !== '') this.#emit(line);
  }
}
