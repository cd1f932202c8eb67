import type { Replay } from '../core/chunk.js';
import type { Message } from '../core/message.js';
import { fingerprint } from './fingerprint.js';
import { isRecord } from './wire/wire-data.js';

/**
 * A name for the server at `baseURL`. With its path, because behind one gateway each path is another server; without
 * `/v1`, which servers take or leave. Not the address itself: a replay travels in chunks and stored histories, where nobody
 * should read the host inside a network.
 */
export function serverName(baseURL: string): string {
  if (!URL.canParse(baseURL)) return fingerprint(baseURL);
  const { origin, pathname } = new URL(baseURL);
  return fingerprint(origin + pathname.replace(/\/+$/, '').replace(/\/v1$/, ''));
}

/** Puts the name of the server into its answer's replay: many servers are reached through one provider. */
export function signReplay(replay: Replay | undefined, server: string | undefined): Replay | undefined {
  if (replay === undefined || server === undefined || !isRecord(replay.data)) return replay;
  return { ...replay, data: { ...replay.data, server } };
}

/**
 * The history without the replays of others: of another provider, and of another server of this one. They are that
 * server's data, and one that cannot read them refuses the request.
 */
export function withOwnReplays(messages: readonly Message[], provider: string, server: string | undefined): readonly Message[] {
  return messages.flatMap((message) => {
    if (message.role !== 'assistant' || message.replay === undefined || isOwn(message.replay, provider, server)) return [message];
    const { replay: _, ...rest } = message;
    // An answer that was paused before its first word: all it holds is replay.
    return rest.content === '' && (rest.toolCalls ?? []).length === 0 ? [] : [rest];
  });
}

function isOwn({ provider: owner, data }: Replay, provider: string, server: string | undefined): boolean {
  if (owner !== provider) return false;
  // Data that is no object is none that we wrote: whoever reads replays reports it.
  return !isRecord(data) || data.server === server;
}
