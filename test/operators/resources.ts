import { asyncScheduler, Observable, type SchedulerLike } from 'rxjs';
import type { StreamChunk } from '../../src/core/chunk.js';
import { Demand } from '../../src/core/demand.js';

/** What an operator holds while it runs: each count must be 0 after its end. */
export interface Held {
  timers: number;
  signalListeners: number;
  demandListeners: number;
  subscriptions: number;
}

/** A scheduler, a signal, a demand and a source that count what is held of them. */
export class CountedResources {
  readonly held: Held = { timers: 0, signalListeners: 0, demandListeners: 0, subscriptions: 0 };
  readonly scheduler: SchedulerLike;
  readonly signal: AbortSignal;
  readonly demand: Demand;

  constructor() {
    this.scheduler = countedScheduler(this.held);
    this.signal = countedSignal(this.held);
    this.demand = countedDemand(this.held);
  }

  source(source: Observable<StreamChunk>): Observable<StreamChunk> {
    return new Observable((subscriber) => {
      this.held.subscriptions++;
      source.subscribe(subscriber);
      return () => this.held.subscriptions--;
    });
  }
}

function countedScheduler(held: Held): SchedulerLike {
  // A function's overloads cannot be spelled by a method that hands its arguments on.
  const schedule = ((...task: Parameters<SchedulerLike['schedule']>) => {
    held.timers++;
    const subscription = asyncScheduler.schedule(...(task as Parameters<typeof asyncScheduler.schedule>));
    subscription.add(() => held.timers--);
    return subscription;
  }) as SchedulerLike['schedule'];
  return { now: () => asyncScheduler.now(), schedule };
}

function countedSignal(held: Held): AbortSignal {
  const { signal } = new AbortController();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener: (type: string, listener: () => void) => {
      held.signalListeners++;
      add(type, listener);
    },
    removeEventListener: (type: string, listener: () => void) => {
      held.signalListeners--;
      remove(type, listener);
    },
  });
  return signal;
}

function countedDemand(held: Held): Demand {
  const demand = new Demand();
  const onChange = demand.onChange.bind(demand);
  demand.onChange = (listener) => {
    held.demandListeners++;
    const forget = onChange(listener);
    let isListening = true;
    return () => {
      if (isListening) held.demandListeners--;
      isListening = false;
      forget();
    };
  };
  return demand;
}
