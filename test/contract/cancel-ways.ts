import { EMPTY, Subject, filter, switchMap, take, takeUntil } from 'rxjs';
import type { Agent, StreamChunk } from '../../src/index.js';
import { countedController } from '../support/counted-signal.js';

/** What a consumer received: each chunk, and each ending in one word. */
export interface Log {
  readonly next: (chunk: StreamChunk) => void;
  readonly error: (error: unknown) => void;
  readonly complete: () => void;
}

/** A run that has begun. */
export interface Started {
  readonly cancel: () => void;
  /** Of a signal that the way gave to the run. */
  readonly listeners?: () => number;
}

/** How a consumer leaves a run. */
export interface Way {
  readonly way: string;
  /** What the consumer hears of it: nothing, `complete`, an interruption `aborted`, or its own error. */
  readonly ending: 'nothing' | 'complete' | 'aborted' | 'my error';
  /** `anytime`: from outside. `on a chunk`: in answer to one. */
  readonly when: 'anytime' | 'on a chunk';
  readonly start: (agent: Agent, log: Log, isMoment: (chunk: StreamChunk) => boolean) => Started;
}

const prompt = 'Hi';
const left = (): void => undefined;

async function readAll(iterator: AsyncIterator<StreamChunk>, log: Log): Promise<void> {
  for (let result = await iterator.next(); result.done !== true; result = await iterator.next()) log.next(result.value);
}

export const ways: readonly Way[] = [
  {
    way: 'unsubscribe()', ending: 'nothing', when: 'anytime',
    start: (agent, log) => {
      const subscription = agent.stream$(prompt).subscribe(log);
      return { cancel: () => subscription.unsubscribe() };
    },
  },
  {
    way: 'a signal', ending: 'aborted', when: 'anytime',
    start: (agent, log) => {
      const { controller, listeners } = countedController();
      agent.stream$(prompt, { signal: controller.signal }).subscribe(log);
      return { cancel: () => controller.abort(), listeners };
    },
  },
  {
    way: 'return() while a next() waits', ending: 'complete', when: 'anytime',
    start: (agent, log) => {
      const iterator = agent.stream(prompt)[Symbol.asyncIterator]();
      void readAll(iterator, log).then(log.complete, log.error);
      return { cancel: () => void iterator.return?.() };
    },
  },
  {
    way: 'agent.streams.interrupt(id)', ending: 'aborted', when: 'anytime',
    start: (agent, log) => {
      agent.stream$(prompt, { streamId: 'run_mine' }).subscribe(log);
      return { cancel: () => void agent.streams.interrupt('run_mine') };
    },
  },
  {
    way: 'switchMap', ending: 'nothing', when: 'anytime',
    start: (agent, log) => {
      const prompt$ = new Subject<string>();
      prompt$.pipe(switchMap((asked) => (asked === '' ? EMPTY : agent.stream$(asked)))).subscribe(log);
      prompt$.next(prompt);
      return { cancel: () => prompt$.next('') };
    },
  },
  {
    way: 'takeUntil', ending: 'complete', when: 'anytime',
    start: (agent, log) => {
      const stop$ = new Subject<void>();
      agent.stream$(prompt).pipe(takeUntil(stop$)).subscribe(log);
      return { cancel: () => stop$.next() };
    },
  },
  {
    way: 'take(1)', ending: 'complete', when: 'on a chunk',
    start: (agent, log, isMoment) => {
      agent.stream$(prompt).pipe(filter(isMoment), take(1)).subscribe(log);
      return { cancel: left };
    },
  },
  {
    way: 'break', ending: 'complete', when: 'on a chunk',
    start: (agent, log, isMoment) => {
      const loop = async (): Promise<void> => {
        for await (const chunk of agent.stream(prompt)) {
          log.next(chunk);
          if (isMoment(chunk)) break;
        }
      };
      void loop().then(log.complete, log.error);
      return { cancel: left };
    },
  },
  {
    way: 'a subscriber that throws', ending: 'my error', when: 'on a chunk',
    start: (agent, log, isMoment) => {
      // `forEach`: a bare `subscribe` hands what its `next` throws to RxJS's global handler and goes on.
      const run = agent.stream$(prompt).forEach((chunk) => {
        log.next(chunk);
        if (isMoment(chunk)) throw new Error('my error');
      });
      void run.then(log.complete, log.error);
      return { cancel: left };
    },
  },
];
