// A chat in the terminal. Ctrl-C stops the answer that is running; at the prompt, or with an empty line, it ends the chat.
//
//   npm run build && npx node examples/terminal-chat.ts
//
// Needs OPENAI_API_KEY, or OPENAI_BASE_URL and MODEL for a server of your own.
import { Agent, isAgentError, isStreamInterrupted } from 'agenticraft';
import { openai } from 'agenticraft/openai';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';

/** What the chat needs of a terminal. */
export interface Terminal {
  /** What the user types, line by line. */
  readonly lines: AsyncIterable<string>;
  write(text: string): void;
  /** Calls `listener` when the user presses the stop button, until the function returned is called. */
  onStop(listener: () => void): () => void;
}

/** Answers line after line, until an empty one. */
export async function chat(agent: Agent, terminal: Terminal): Promise<void> {
  for await (const prompt of terminal.lines) {
    if (prompt.trim() === '') return;
    await answer(agent, prompt, terminal);
  }
}

async function answer(agent: Agent, prompt: string, terminal: Terminal): Promise<void> {
  const stop = new AbortController();
  const release = terminal.onStop(() => stop.abort());
  try {
    for await (const chunk of agent.stream(prompt, { signal: stop.signal })) terminal.write(chunk.content);
    terminal.write('\n');
  } catch (error) {
    if (!isAgentError(error)) throw error;
    // The next prompt works: the history holds the partial answer, or nothing of this turn.
    const what = isStreamInterrupted(error) ? `stopped (${error.reason}); I remember the ${error.partialResponse.length} characters above` : error.message;
    terminal.write(`\n[${what}]\n`);
  } finally {
    release();
  }
}

async function* typedLines(readline: AsyncIterable<string>): AsyncGenerator<string> {
  process.stdout.write('> ');
  for await (const line of readline) {
    yield line;
    process.stdout.write('> ');
  }
}

async function main(): Promise<void> {
  const agent = new Agent({ provider: openai(process.env['MODEL'] ?? 'gpt-5-mini'), instructions: 'Be brief.' });
  const readline = createInterface({ input: process.stdin, output: process.stdout });
  const leave = (): void => readline.close();
  readline.on('SIGINT', leave);
  await chat(agent, {
    lines: typedLines(readline),
    write: (text) => void process.stdout.write(text),
    onStop: (listener) => {
      readline.off('SIGINT', leave).on('SIGINT', listener);
      return () => readline.off('SIGINT', listener).on('SIGINT', leave);
    },
  });
  readline.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
