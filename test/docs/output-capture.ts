import { jest } from '@jest/globals';
import { format } from 'node:util';

/** Catches what `console.log`, `console.error` and `process.stdout.write` say, until `stop`. */
export class OutputCapture {
  #text = '';
  #onWrite: () => void = () => undefined;
  readonly #spies = [
    jest.spyOn(console, 'log').mockImplementation((...args) => this.#add(`${format(...args)}\n`)),
    jest.spyOn(console, 'error').mockImplementation((...args) => this.#add(`${format(...args)}\n`)),
    jest.spyOn(process.stdout, 'write').mockImplementation((piece) => {
      this.#add(String(piece));
      return true;
    }),
  ];

  get text(): string {
    return this.#text;
  }

  get lines(): readonly string[] {
    return linesOf(this.#text);
  }

  /** Settles when the text is as wanted, or when patience ends: the caller then compares and shows the difference. */
  async until(isWanted: (text: string) => boolean, patienceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onWrite = () => {
        if (isWanted(this.#text)) resolve();
      };
      timer = setTimeout(resolve, patienceMs);
      this.#onWrite();
    });
    clearTimeout(timer);
  }

  stop(): void {
    for (const spy of this.#spies) spy.mockRestore();
  }

  #add(piece: string): void {
    this.#text += piece;
    this.#onWrite();
  }
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n+$/, '').split('\n').map((line) => line.trimEnd());
}

/** True when `text` is these lines; `…` in a line stands for any text. */
export function matches(text: string, prints: readonly string[]): boolean {
  const lines = linesOf(text);
  return lines.length === prints.length && lines.every((line, index) => patternOf(prints[index] ?? '').test(line));
}

function patternOf(line: string): RegExp {
  const literal = line.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll('…', '.*')}$`);
}
