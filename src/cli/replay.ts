import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { ValidationError } from '../core/errors.js';
import { nodeTransport } from '../node/index.js';
import type { ChosenProvider } from './choose-provider.js';
import { codeOf } from './error-text.js';
import { listenOnLoopback } from './loopback-server.js';
import { requirePackages, sdkPackages } from './packages.js';

/** The first event tells the API; this much of the file is enough to see it. */
const headBytes = 64 * 1024;

async function readHead(file: string): Promise<string> {
  try {
    if ((await stat(file)).isDirectory()) throw new ValidationError(`${file} is a folder; give a recorded body.`);
    await using handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (error instanceof ValidationError) throw error;
    const why = codeOf(error) === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    throw new ValidationError(`Cannot replay ${file}: ${why}.`, { cause: error });
  }
}

function detectApi(head: string, file: string): 'openai' | 'anthropic' {
  if (/"type"\s*:\s*"message_start"/.test(head)) return 'anthropic';
  if (/"type"\s*:\s*"response\./.test(head)) throw new ValidationError(`${file} is a body of the Responses API; Chat Completions and Messages can be replayed.`);
  if (!/^(?:data|event|id|retry)?:/m.test(head)) throw new ValidationError(`${file} holds no server-sent events.`);
  return 'openai';
}

/**
 * Serves the bytes of `file` on the loopback interface as the answer to any request, to the provider whose format they have.
 *
 * @throws {ValidationError} the file cannot be read or holds no answer of a known format.
 * @throws {AgentError} the provider's SDK is not installed.
 */
export async function replayProvider(file: string, isInstalled: (packageName: string) => boolean): Promise<ChosenProvider> {
  const api = detectApi(await readHead(file), file);
  requirePackages([sdkPackages[api]], isInstalled);
  const server = await listenOnLoopback(async (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    await pipeline(createReadStream(file), response);
  });
  const options = { apiKey: 'replay', fetch: nodeTransport() };
  const provider =
    api === 'openai'
      ? (await import('../providers/openai/index.js')).openai('recorded', { ...options, baseURL: `${server.url}/v1` })
      : (await import('../providers/anthropic/index.js')).anthropic('recorded', { ...options, baseURL: server.url });
  return { provider, notice: `Replaying ${file} as an answer of ${api}.`, close: () => server.close() };
}
