import { once } from 'node:events';

/** Standard output, or what stands for it in a test. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
}

export type Style = 'plain' | 'reasoning' | 'tool' | 'metrics';

/** Select Graphic Rendition codes of ECMA-48. */
const codes: Readonly<Record<Style, string>> = { plain: '', reasoning: '2;3', tool: '36', metrics: '2' };

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 80;
const clearLine = '\r\x1b[K';

/** A model must not move the cursor or change the terminal: control characters other than tab and newline are dropped. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Writes the answer: colour and a spinner on a terminal, plain text elsewhere. */
export class Screen {
  readonly #output: Output;
  readonly #isTerminal: boolean;
  readonly #hasColour: boolean;
  #atLineStart = true;
  #isFull = false;
  #spinner: NodeJS.Timeout | undefined;

  constructor(output: Output, environment: Readonly<Record<string, string | undefined>>) {
    this.#output = output;
    this.#isTerminal = output.isTTY === true && environment['TERM'] !== 'dumb';
    this.#hasColour = this.#isTerminal && !environment['NO_COLOR'];
  }

  write(text: string, style: Style = 'plain'): void {
    const clean = text.replace(controls, '');
    if (clean === '') return;
    this.stopWaiting();
    this.#atLineStart = clean.endsWith('\n');
    this.#put(this.#hasColour && codes[style] !== '' ? `\x1b[${codes[style]}m${clean}\x1b[0m` : clean);
  }

  /** Writes a line of its own. */
  line(text: string, style: Style = 'plain'): void {
    this.endLine();
    this.write(text.replace(/\s+/g, ' '), style);
    this.endLine();
  }

  endLine(): void {
    this.stopWaiting();
    if (!this.#atLineStart) this.#put('\n');
    this.#atLineStart = true;
  }

  /** Shows a spinner on a line of its own until the next write. */
  wait(): void {
    if (!this.#isTerminal || this.#spinner !== undefined) return;
    this.endLine();
    let frame = 0;
    const draw = (): void => this.#put(`\r${frames[frame++ % frames.length] ?? ''} `);
    draw();
    this.#spinner = setInterval(draw, frameMs);
  }

  stopWaiting(): void {
    if (this.#spinner === undefined) return;
    clearInterval(this.#spinner);
    this.#spinner = undefined;
    this.#put(clearLine);
  }

  /** Settles when the output can take more, so that a slow reader of a pipe slows the model. */
  async ready(signal: AbortSignal): Promise<void> {
    if (!this.#isFull) return;
    await once(this.#output, 'drain', { signal });
    this.#isFull = false;
  }

  #put(text: string): void {
    this.#isFull = !this.#output.write(text);
  }
}
