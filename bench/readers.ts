import type { Wire } from './wire.ts';

/** A stream being read. */
export interface Reading {
  /** The number of events or chunks, when all were read. */
  readonly done: Promise<number>;
  cancel(): void;
}

/** Sends one request and reads its stream; `onChunk` hears the number so far. */
export type Reader = (baseURL: string, onChunk: (count: number) => void) => Reading;

/** One row of a table: a way to read a stream, loaded in the process that measures it. */
export interface Row {
  readonly name: RowName;
  readonly wire: Wire;
}

export type RowName = 'fetch + parser' | 'node:http + parser' | 'official SDK' | 'agenticraft' | 'agenticraft, nodeTransport()';

/** Loads what `row` needs and nothing else, so that a fresh process pays for its own row alone. */
export async function loadReader({ name, wire }: Row): Promise<Reader> {
  switch (name) {
    case 'fetch + parser':
      return (await import('./readers/fetch-floor.ts')).fetchFloor(wire);
    case 'node:http + parser':
      return (await import('./readers/http-floor.ts')).httpFloor(wire);
    case 'official SDK':
      return wire === 'openai'
        ? (await import('./readers/openai-sdk.ts')).openaiSdk()
        : (await import('./readers/anthropic-sdk.ts')).anthropicSdk();
    case 'agenticraft':
      return (await import('./readers/pipeline.ts')).pipeline(wire);
    case 'agenticraft, nodeTransport()': {
      const { nodeTransport } = await import('agenticraft/node');
      return (await import('./readers/pipeline.ts')).pipeline(wire, nodeTransport());
    }
    default:
      throw new Error(`There is no row ${String(name satisfies never)}.`);
  }
}
