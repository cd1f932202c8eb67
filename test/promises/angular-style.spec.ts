import { afterEach, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { Subject, filter, firstValueFrom, map, shareReplay, switchMap } from 'rxjs';
import { accumulate } from '../../operators/index.js';
import { Agent } from '../../src/index.js';
import { openai } from '../../src/providers/openai/index.js';
import { closeServers, closed, serve } from '../node/local-server.js';
import { chatDelta, chatText, sseHead } from '../support/chat-wire.js';

afterEach(closeServers);

it('a new prompt cancels the old request, and the new request holds the partial answer', async () => {
  const responses: ServerResponse[] = [];
  const server = await serve((_, response) => {
    sseHead(response);
    responses.push(response);
    if (responses.length === 1) response.write(chatDelta({ content: 'Once upon' }));
    else response.end(chatText('Two', '.'));
  });
  const agent = new Agent({ provider: openai('test-model', { baseURL: `${server.url}/v1` }) });
  const prompt$ = new Subject<string>();
  const text$ = prompt$.pipe(
    switchMap((prompt) => agent.stream$(prompt).pipe(accumulate())),
    map((response) => response.completeText),
    shareReplay({ bufferSize: 1, refCount: true }),
  );
  const subscription = text$.subscribe();
  const first = firstValueFrom(text$);
  prompt$.next('Tell me a story.');
  expect(await first).toBe('Once upon');
  const oldSocket = responses[0]?.socket ?? undefined;
  const second = firstValueFrom(text$.pipe(filter((text) => text === 'Two.')));
  prompt$.next('One plus one?');
  await closed(oldSocket);
  expect(await second).toBe('Two.');
  subscription.unsubscribe();
  expect((JSON.parse(server.requests[1]?.body ?? '') as { messages: unknown }).messages).toEqual([
    { role: 'user', content: 'Tell me a story.' },
    { role: 'assistant', content: 'Once upon' },
    { role: 'user', content: 'One plus one?' },
  ]);
});
