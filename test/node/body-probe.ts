import { bodySourceOf, type BodySource } from '../../src/providers/wire/body-source.js';

/** Reads a body as a provider does, and tells what it heard. */
export interface BodyProbe {
  readonly source: BodySource;
  text(): string;
  /** How often `onEnd` or `onCut` came. */
  endings(): number;
  /** Settles with what ended the body: `undefined` for a clean end. */
  readonly ended: Promise<Error | undefined>;
  /** Settles when `text()` holds `part`. */
  holds(part: string): Promise<void>;
}

/** Starts reading the body source of `response`. */
export function probe(response: Response): BodyProbe {
  const source = bodySourceOf(response);
  if (source === undefined) throw new Error('The response has no body source.');
  const decoder = new TextDecoder();
  const waiting: { part: string; resolve: () => void }[] = [];
  let text = '';
  let endings = 0;
  const ended = new Promise<Error | undefined>((resolve) => {
    const end = (error?: Error): void => {
      endings++;
      resolve(error);
    };
    source.start({
      onData: (bytes) => {
        text += decoder.decode(bytes, { stream: true });
        for (const { part, resolve: found } of waiting) if (text.includes(part)) found();
      },
      onEnd: () => end(),
      onCut: end,
    });
  });
  return {
    source,
    text: () => text,
    endings: () => endings,
    ended,
    holds: (part) =>
      new Promise((resolve) => {
        if (text.includes(part)) resolve();
        else waiting.push({ part, resolve });
      }),
  };
}
