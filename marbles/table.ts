import type { Observable } from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import type { StreamChunk } from '../src/core/chunk.js';
import type { MarbleValues } from './alphabet.js';

/** A source of an entry: its marbles, and when it is expected to be subscribed. */
export interface MarbleSource<T = unknown> {
  readonly kind: 'cold' | 'hot';
  readonly marbles: string;
  /** On top of the chunk alphabet. */
  readonly values?: MarbleValues<T>;
  readonly error?: unknown;
  /** One subscription diagram (`^--!`) per expected subscription. */
  readonly subscriptions: string | readonly string[];
}

/** The sources of an entry as its operator gets them. */
export type MarbleStreams<S extends Readonly<Record<string, MarbleSource>>> = {
  readonly [K in keyof S]: S[K] extends MarbleSource<infer T> ? Observable<T> : never;
};

/** What is expected of the result or of a listener. */
export interface MarbleExpectation {
  readonly marbles: string;
  readonly values?: MarbleValues;
  readonly error?: unknown;
  /** A short label for values that are no chunks, for the picture. */
  readonly label?: (value: unknown) => string;
}

/** What an operator gets besides its sources. */
export interface MarbleContext {
  readonly scheduler: TestScheduler;
  /** A callback whose calls are a lane of their own; the entry says under `listeners` what it expects of it. */
  readonly listener: (name: string) => (value: unknown) => void;
}

/** One diagram, as data: it is a test and a picture. */
export interface MarbleEntry<S extends Readonly<Record<string, MarbleSource>> = Readonly<Record<string, MarbleSource>>> {
  readonly title: string;
  readonly sources: S;
  /** When the subscriber leaves (`---!`); it stays to the end when absent. */
  readonly unsubscribe?: string;
  /** What the picture shows between sources and result; it must stand in `operator` word for word. */
  readonly code: string;
  // A method, so that entries with different sources fit into one table.
  operator(sources: MarbleStreams<S>, context: MarbleContext): Observable<unknown>;
  readonly listeners?: Readonly<Record<string, MarbleExpectation>>;
  readonly result: MarbleExpectation;
}

/** All diagrams of one operator. */
export interface MarbleTable {
  readonly operator: string;
  readonly entries: readonly MarbleEntry[];
}

/** Checks an entry's types: its operator gets exactly its sources. */
export function entry<S extends Readonly<Record<string, MarbleSource>>>(definition: MarbleEntry<S>): MarbleEntry {
  return definition;
}

type ChunkFields = Omit<MarbleSource<StreamChunk>, 'kind' | 'values'>;
type ValueFields<T> = ChunkFields & { readonly values: MarbleValues<T> };

/** A source that begins when it is subscribed. */
export function cold(fields: ChunkFields): MarbleSource<StreamChunk>;
export function cold<T>(fields: ValueFields<T>): MarbleSource<T>;
export function cold(fields: ChunkFields): MarbleSource {
  return { kind: 'cold', ...fields };
}

/** A source that runs whether or not somebody listens. */
export function hot(fields: ChunkFields): MarbleSource<StreamChunk>;
export function hot<T>(fields: ValueFields<T>): MarbleSource<T>;
export function hot(fields: ChunkFields): MarbleSource {
  return { kind: 'hot', ...fields };
}
