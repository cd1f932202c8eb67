import { type MonoTypeOperatorFunction, Observable, ignoreElements, tap } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import { type CreateTextMachine, TextChannels, type TextCoverage } from './text-channels.js';

const answerAlone: TextCoverage = { reasoning: false, toolInput: false };

/** Leads the text of each subscription through machines of its own; see `TextChannels` for the rules of held text. */
export function mapText(create: CreateTextMachine, covers: TextCoverage = answerAlone): MonoTypeOperatorFunction<StreamChunk> {
  return (source) =>
    new Observable((subscriber) => {
      const channels = new TextChannels(create, covers, (chunk) => subscriber.next(chunk));
      subscriber.add(() => channels.dispose());
      // Core operators all the way: they keep the chain of subscribers by which a source finds the demand.
      source
        .pipe(
          tap({ next: (chunk) => channels.take(chunk), error: () => channels.end(), complete: () => channels.end() }),
          ignoreElements(),
        )
        .subscribe(subscriber);
    });
}
