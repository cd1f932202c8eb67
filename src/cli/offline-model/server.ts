import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { type LoopbackServer, listenOnLoopback } from '../loopback-server.js';
import { answer } from './answer.js';
import { type ChatRequest, readChatRequest } from './request.js';
import { toCompletionBody, toEvents } from './wire.js';

export const offlineModelName = 'agenticraft-offline';

/** How the offline model speaks. */
export interface OfflineModelOptions {
  /** Pause before each event, in milliseconds: 30 is about a human reader's pace. */
  readonly wordMs?: number;
}

/**
 * Starts a server that speaks the OpenAI Chat Completions wire format on a free loopback port; a deterministic program
 * answers.
 *
 * @example
 * const model = await startOfflineModel();
 * const provider = openai(offlineModelName, { baseURL: `${model.url}/v1`, apiKey: 'offline' });
 */
export async function startOfflineModel({ wordMs = 30 }: OfflineModelOptions = {}): Promise<LoopbackServer> {
  let answers = 0;
  return listenOnLoopback(async (request, response) => {
    if (request.method !== 'POST' || !request.url?.endsWith('/chat/completions')) {
      sendError(response, 404, `No such route: ${request.method ?? ''} ${request.url ?? ''}`);
      return;
    }
    const chat = readChatRequest(await text(request));
    if (typeof chat === 'string') sendError(response, 400, chat);
    else await respond(response, chat, `chatcmpl-offline-${String(++answers).padStart(6, '0')}`, wordMs);
  });
}

async function respond(response: ServerResponse, chat: ChatRequest, id: string, wordMs: number): Promise<void> {
  const said = answer(chat);
  if (!chat.stream) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(toCompletionBody(chat, said, id)));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  response.flushHeaders();
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    for (const data of toEvents(chat, said, id)) {
      if (wordMs > 0) await delay(wordMs, undefined, { signal: gone.signal });
      if (gone.signal.aborted) return;
      response.write(`data: ${data}\n\n`);
    }
    response.end();
  } catch (error) {
    // The client left in the middle of the answer: there is nobody to tell.
    if (!gone.signal.aborted) throw error;
  }
}

function sendError(response: ServerResponse, status: number, message: string): void {
  const error = { message, type: 'invalid_request_error', param: null, code: null };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
}
