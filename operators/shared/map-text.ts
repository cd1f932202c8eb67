import { type MonoTypeOperatorFunction, Observable, ignoreElements, tap } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import { type Demand, findDemand } from '../../src/core/demand.js';
import { TextChannels, type TextCoverage, type TextMachine } from './text-channels.js';

const answerAlone: TextCoverage = { reasoning: false, toolInput: false };

/** Makes the machine of one text: `emit` says what goes out, `demand` is who paces the stream, for machines with a clock. */
type CreatePacedMachine = (emit: (piece: string) => void, demand: Demand | undefined) => TextMachine;

/** Leads the text of each subscription through machines of its own; see `TextChannels` for the rules of held text. */
export function mapText(create: CreatePacedMachine, covers: TextCoverage = answerAlone): MonoTypeOperatorFunction<StreamChunk> {
  return (source) =>
    new Observable((subscriber) => {
      const demand = findDemand(subscriber);
      const channels = new TextChannels((emit) => create(emit, demand), covers, (chunk) => subscriber.next(chunk));
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
