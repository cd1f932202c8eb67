import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chatDelta, chatText, chatToolCall, messagesText, sseHead } from '../support/chat-wire.js';
import { report } from '../support/program.js';
import { piece } from './piece.js';

/**
 * A model server in a process of its own; sends its port. `POST /text/<chunks>/…` answers with that many pieces of text;
 * `POST /tool/<chunks>/…` calls the tool `look` first, as long as the conversation holds no result of it; `POST /cut/…` breaks off in
 * the middle of an answer, in the wire format that the path ends with.
 */

const eventsPerWrite = 200;
const event = chatDelta({ content: piece });
const block = Buffer.from(event.repeat(eventsPerWrite));

function writeText(response: ServerResponse, chunkCount: number): void {
  let left = chunkCount;
  const write = (): void => {
    while (left > 0) {
      const count = Math.min(left, eventsPerWrite);
      left -= count;
      if (response.write(count === eventsPerWrite ? block : event.repeat(count))) continue;
      response.once('drain', write);
      return;
    }
    response.end(chatDelta({}, 'stop') + 'data: [DONE]\n\n');
  };
  write();
}

function cutAnswer(response: ServerResponse, url: string): void {
  const body = url.endsWith('/messages') ? messagesText('some words') : chatText('some ', 'words');
  response.write(body.slice(0, body.length * 0.8));
  response.socket?.end();
}

const server = http.createServer((request, response) => {
  const [, kind, chunkCount] = (request.url ?? '').split('/');
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => (body += text));
  request.on('end', () => {
    sseHead(response);
    if (kind === 'cut') cutAnswer(response, request.url ?? '');
    else if (kind === 'tool' && !body.includes('"tool_call_id"')) response.end(chatToolCall('look', ['{}']));
    else writeText(response, Number(chunkCount));
  });
});
// All 500 streams of a test connect at once.
server.listen({ port: 0, host: '127.0.0.1', backlog: 1_024 }, () => void report((server.address() as AddressInfo).port)); // listening on TCP
process.on('disconnect', () => process.exit());
