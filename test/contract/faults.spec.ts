import { afterEach, describe, expect, it } from '@jest/globals';
import { verifyStream } from '../../operators/index.js';
import { Agent, isProviderError, isStreamInterrupted } from '../../src/index.js';
import { closeServers, serve } from '../node/local-server.js';
import { answerOf, contentOf, endingOf } from '../support/answer.js';
import { chatDelta, chatDone, chatText, messagesEvent, messagesText } from '../support/chat-wire.js';
import { type WireDialect, chat, messages } from './wire-dialects.js';

/** What a server sends with status 200, and what must come of it. */
interface Fault {
  readonly fault: string;
  readonly body: string;
  readonly contentType?: string;
  readonly ending: string;
  readonly text: string;
  /** `code` of the interruption's cause. */
  readonly code?: string;
}

const html = '<!doctype html><html><body>Please sign in</body></html>';
const chatBegin = chatDelta({ content: 'Hel' });
const chatRest = chatDelta({ content: 'lo' }) + chatDelta({}, 'stop') + chatDone;

const anyBody: readonly Fault[] = [
  { fault: 'a page of HTML', body: html, contentType: 'text/html', ending: 'malformed', text: '' },
  { fault: 'a page of HTML that calls itself an event stream', body: html, ending: 'malformed', text: '' },
  { fault: 'a JSON document', body: '{"choices":[{"message":{"content":"Hello"}}]}', contentType: 'application/json', ending: 'malformed', text: '' },
  { fault: 'an empty body', body: '', ending: 'truncated', text: '' },
  { fault: 'comments alone', body: ': ping\n\n: ping\n\n', ending: 'truncated', text: '' },
];

const chatFaults: readonly Fault[] = [
  ...anyBody,
  { fault: 'invalid JSON', body: `${chatBegin}data: {"choices":[\n\n${chatRest}`, ending: 'malformed', text: 'Hel' },
  { fault: 'JSON that is no object', body: `${chatBegin}data: ["x"]\n\n${chatRest}`, ending: 'malformed', text: 'Hel' },
  { fault: 'an error event', body: `${chatBegin}event: error\ndata: {"error":{"message":"busy","code":"server_overloaded"}}\n\n${chatRest}`, ending: 'provider', text: 'Hel', code: 'server_overloaded' },
  { fault: 'an error without an event name', body: `${chatBegin}data: {"error":{"message":"no","type":"invalid_request_error"}}\n\n${chatRest}`, ending: 'provider', text: 'Hel', code: 'invalid_request_error' },
  { fault: 'an error event that is cut in the middle', body: `${chatBegin}event: error\ndata: {"error":{"mess`, ending: 'truncated', text: 'Hel' },
  { fault: 'an unknown event', body: `${chatBegin}event: weather\ndata: {"sky":"blue"}\n\n${chatRest}`, ending: 'finish', text: 'Hello' },
  { fault: 'an event announced as another type', body: chatText('Hel', 'lo').replaceAll('data: {', 'event: error\ndata: {'), ending: 'finish', text: 'Hello' },
  { fault: 'an event without data', body: `${chatBegin}event: ping\n\ndata:\n\n${chatRest}`, ending: 'finish', text: 'Hello' },
];

const [messagesStart, ...messagesRest] = messagesText('Hello').split('\n\n').map((event) => `${event}\n\n`);
const messagesBegin = `${messagesStart ?? ''}${messagesRest.slice(0, 2).join('')}`;
const messagesEnd = messagesRest.slice(2, -1).join('');
const overloaded = messagesEvent({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } });

const messagesFaults: readonly Fault[] = [
  ...anyBody,
  { fault: 'invalid JSON', body: `${messagesBegin}event: ping\ndata: {"type"\n\n${messagesEnd}`, ending: 'malformed', text: 'Hello' },
  { fault: 'JSON that is no object', body: `${messagesBegin}data: 7\n\n${messagesEnd}`, ending: 'malformed', text: 'Hello' },
  { fault: 'an error event', body: messagesBegin + overloaded + messagesEnd, ending: 'provider', text: 'Hello', code: 'overloaded_error' },
  { fault: 'an error without an event name', body: messagesBegin + overloaded.replace('event: error\n', '') + messagesEnd, ending: 'provider', text: 'Hello', code: 'overloaded_error' },
  { fault: 'an error event that is cut in the middle', body: messagesBegin + overloaded.slice(0, -12), ending: 'truncated', text: 'Hello' },
  { fault: 'an unknown event', body: messagesBegin + messagesEvent({ type: 'weather', sky: 'blue' }) + messagesEnd, ending: 'finish', text: 'Hello' },
  { fault: 'an event announced as another type', body: messagesText('Hello').replaceAll('event: content_block_delta', 'event: message_stop'), ending: 'finish', text: 'Hello' },
  { fault: 'an event without data', body: `${messagesBegin}event: ping\n\nevent: ping\ndata:\n\n${messagesEnd}`, ending: 'finish', text: 'Hello' },
];

const tables: readonly { readonly dialect: WireDialect; readonly faults: readonly Fault[] }[] = [
  { dialect: chat, faults: chatFaults },
  { dialect: messages, faults: messagesFaults },
];

afterEach(closeServers);

describe.each(tables)('a fault inside the answer of $dialect.name', ({ dialect, faults }) => {
  it.each(faults)('$fault: $ending', async ({ body, contentType = 'text/event-stream', ending, text, code }) => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': contentType });
      response.end(body);
    });
    const agent = new Agent({ provider: dialect.provider(server.url) });
    const answer = await answerOf(agent.stream$('Hi').pipe(verifyStream()));
    expect([endingOf(answer), contentOf(answer.chunks)]).toEqual([ending, text]);
    if (answer.terminal.type === 'complete') return;
    const { error } = answer.terminal;
    if (!isStreamInterrupted(error)) throw error;
    expect(error.partialResponse).toBe(text);
    if (ending === 'malformed') expect(error.cause).toMatchObject({ name: 'ProtocolError' });
    if (code !== undefined) expect(isProviderError(error.cause) && error.cause.code).toBe(code);
  });
});
