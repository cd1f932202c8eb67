import { afterEach, describe, expect, it } from '@jest/globals';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { verifyStream } from '../../../operators/verify-stream.js';
import type { StreamChunk } from '../../../src/core/chunk.js';
import { AuthenticationError, InvalidRequestError, OverloadedError, ProviderError, RateLimitError, isStreamInterrupted } from '../../../src/core/errors.js';
import { anthropic } from '../../../src/providers/anthropic/index.js';
import { closeServers, serve } from '../../node/local-server.js';
import { type Ending, expectAsRecorded } from '../compare.js';
import { type WireBody, bodiesOf } from '../recordings.js';

const bodies = bodiesOf('messages');
const streams = bodies.filter((body) => body.httpStatus === 200);
const failures = bodies.filter((body) => body.httpStatus !== 200);
const request = { messages: [{ role: 'user' as const, content: 'The prompt of the recording.' }] };

afterEach(closeServers);

/** Asks the real provider, through the real SDK, a server that answers with this body. */
async function ask({ httpStatus, contentType, bytes }: WireBody): Promise<{ chunks: readonly StreamChunk[]; error: unknown }> {
  const server = await serve((_, response) => {
    response.writeHead(httpStatus, { 'content-type': contentType }).end(bytes);
  });
  const provider = anthropic('claude-test', { baseURL: server.url, apiKey: 'sk-ant-test-0123456789', maxRetries: 0 });
  const chunks: StreamChunk[] = [];
  let error: unknown;
  await lastValueFrom(provider.stream$(request).pipe(verifyStream(), tap((chunk) => chunks.push(chunk)), toArray())).catch((thrown: unknown) => {
    error = thrown;
  });
  return { chunks, error };
}

function endingOf(error: unknown): Ending {
  if (error === undefined) return { type: 'finished' };
  if (!isStreamInterrupted(error)) throw new Error('The stream failed before its answer began.', { cause: error });
  return { type: 'interrupted', reason: error.reason, cause: error.cause, partialResponse: error.partialResponse };
}

describe('every Messages body over HTTP', () => {
  it.each(streams)('$origin $name', async (body) => {
    const { chunks, error } = await ask(body);
    expectAsRecorded('messages', body, chunks, endingOf(error));
  });
});

const errorClasses = new Map([
  [400, InvalidRequestError],
  [401, AuthenticationError],
  [404, InvalidRequestError],
  [429, RateLimitError],
  [500, ProviderError],
  [529, OverloadedError],
]);

describe('every HTTP error of the Messages API', () => {
  it.each(failures)('$origin $name', async (body) => {
    const { chunks, error } = await ask(body);
    expect(chunks).toEqual([]);
    expect(error).toBeInstanceOf(errorClasses.get(body.httpStatus) ?? ProviderError);
    const { code, type } = body.expected.body?.error ?? {};
    expect(error).toMatchObject({ provider: 'anthropic', model: 'claude-test', status: body.httpStatus, code: code ?? type });
  });
});
