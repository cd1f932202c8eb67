// What to do when a provider cannot stream, and when an answer breaks off in the middle.
//
//   npm run build && npx node examples/recovery.ts "Tell me a story."
//
// Needs OPENAI_API_KEY, or OPENAI_BASE_URL and MODEL for a server of your own.
import { Agent, type Provider, ValidationError, isStreamInterrupted } from 'agenticraft';
import { openai } from 'agenticraft/openai';
import { text } from 'agenticraft/operators';
import { type Observable, catchError, concat, defer, lastValueFrom, of, tap, throwError } from 'rxjs';
import { fileURLToPath } from 'node:url';

/** A provider that is only asked for whole answers: `agent.stream$` works with it all the same. */
export function withoutStreaming(provider: Provider): Provider {
  return {
    name: provider.name,
    model: provider.model,
    supportsStreaming: () => false,
    stream$: () => throwError(() => new ValidationError(`${provider.name} is asked without streaming.`)),
    complete: (request, options) => provider.complete(request, options),
  };
}

const goOn = 'Your answer broke off. Go on exactly where it stopped, without repeating anything.';

/**
 * The answer as text. If it breaks off, the agent is asked once to go on: its history holds what came so far. What the
 * user stopped stays stopped, and an error of before the answer passes as it is.
 */
export function streamWithRecovery$(agent: Agent, prompt: string): Observable<string> {
  return agent.stream$(prompt).pipe(
    text(),
    catchError((error: unknown) => {
      if (!isStreamInterrupted(error) || error.reason === 'aborted' || error.partialResponse === '') return throwError(() => error);
      return concat(of(`\n[${error.reason}; asking to go on]\n`), defer(() => agent.stream$(goOn).pipe(text())));
    }),
  );
}

async function main(prompt: string): Promise<void> {
  const provider = openai(process.env['MODEL'] ?? 'gpt-5-mini');
  const write = tap((piece: string) => process.stdout.write(piece));
  console.log('Streaming, with recovery:');
  await lastValueFrom(streamWithRecovery$(new Agent({ provider, timeout: { each: 20_000 } }), prompt).pipe(write), { defaultValue: '' });
  console.log('\n\nWithout streaming:');
  await lastValueFrom(new Agent({ provider: withoutStreaming(provider) }).stream$(prompt).pipe(text(), write), { defaultValue: '' });
  console.log();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2] ?? 'Tell me a short story.');
