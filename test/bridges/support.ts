import { Observable } from 'rxjs';
import { chunkMetadata, finishChunk, type StreamChunk, textChunk } from '../../src/core/chunk.js';
import { type Demand, findDemand } from '../../src/core/demand.js';

export const metadata = chunkMetadata('run_1');

export function text(content: string): StreamChunk {
  return textChunk(content, metadata, 0);
}

export const finish: StreamChunk = finishChunk({ finishReason: 'stop' }, metadata, 0);

/** A source that counts up for ever and waits while its demand is shut; says how far it came. */
export function counter(): { readonly source$: Observable<number>; readonly state: { pulled: number; stopped: number; demand: Demand | undefined } } {
  const state: { pulled: number; stopped: number; demand: Demand | undefined } = { pulled: 0, stopped: 0, demand: undefined };
  const source$ = new Observable<number>((subscriber) => {
    const demand = findDemand(subscriber);
    state.demand = demand;
    let value = 0;
    let busy = false;
    const run = (): void => {
      if (busy) return;
      busy = true;
      // Without a demand the loop would never end.
      while (!subscriber.closed && demand?.isOpen === true) {
        state.pulled++;
        subscriber.next(value++);
      }
      busy = false;
    };
    subscriber.add(demand?.onChange(run));
    subscriber.add(() => state.stopped++);
    run();
  });
  return { source$, state };
}

/** Lets every promise job that is due run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
