import type { ServerResponse } from 'node:http';
import type { StreamChunk } from '../../src/index.js';
import { chatDelta, chatText, chatToolCall, messagesEvent, messagesText, messagesToolCall, sseHead } from '../support/chat-wire.js';
import type { WireApi } from '../providers/recordings.js';

/** What a server of one wire format says in pieces. */
interface Phrases {
  readonly begin: string;
  readonly piece: string;
  readonly toolCall: string;
  readonly text: string;
}

const blockStart = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
const blockDelta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'word ' } };

const phrases: Readonly<Record<WireApi, Phrases>> = {
  chat: {
    begin: chatDelta({ role: 'assistant', content: '' }),
    piece: chatDelta({ content: 'word ' }),
    toolCall: chatToolCall('wait', ['{}']),
    text: chatText('Done.'),
  },
  messages: {
    begin: messagesEvent({ type: 'message_start', message: { id: 'm', role: 'assistant', content: [], usage: { input_tokens: 1, output_tokens: 1 } } }) + messagesEvent(blockStart),
    piece: messagesEvent(blockDelta),
    toolCall: messagesToolCall('wait'),
    text: messagesText('Done.'),
  },
};

/** Where a run is when its consumer leaves it. */
export interface Situation {
  readonly situation: string;
  /** What tells that the moment has come. */
  readonly moment: 'subscribed' | 'requested' | 'headers' | 'chunk' | 'after a chunk' | 'retry wait';
  /** The chunk of the moment. */
  readonly isMoment: (chunk: StreamChunk) => boolean;
  /** The requests that may have reached the server. */
  readonly requests: 0 | 1;
  /** The server is in the middle of its answer, so that it must see the connection close. */
  readonly isAnswering: boolean;
  /** Whether the tool waits until it is aborted, or answers at once. */
  readonly tool: 'waits' | 'answers';
  readonly answer: (api: WireApi, response: ServerResponse) => void;
}

const never = (): boolean => false;
const isTextChunk = ({ type }: StreamChunk): boolean => type === 'text';

/** Sends pieces until the client has left. */
function keepTalking(response: ServerResponse, piece: string): void {
  if (response.destroyed) return;
  response.write(piece);
  setImmediate(() => keepTalking(response, piece));
}

export const situations: readonly Situation[] = [
  {
    situation: 'before the request', moment: 'subscribed', isMoment: never, requests: 0, isAnswering: false, tool: 'answers',
    answer: () => undefined,
  },
  {
    situation: 'before the headers', moment: 'requested', isMoment: never, requests: 1, isAnswering: true, tool: 'answers',
    answer: () => undefined,
  },
  {
    situation: 'before the first chunk', moment: 'headers', isMoment: never, requests: 1, isAnswering: true, tool: 'answers',
    answer: (api, response) => {
      sseHead(response);
      response.write(`: hello\n\n${phrases[api].begin}`);
    },
  },
  {
    situation: 'mid-stream', moment: 'chunk', isMoment: isTextChunk, requests: 1, isAnswering: true, tool: 'answers',
    answer: (api, response) => {
      sseHead(response);
      response.write(phrases[api].begin);
      keepTalking(response, phrases[api].piece);
    },
  },
  {
    situation: 'in a stalled read', moment: 'after a chunk', isMoment: isTextChunk, requests: 1, isAnswering: true, tool: 'answers',
    answer: (api, response) => {
      sseHead(response);
      response.write(phrases[api].begin + phrases[api].piece);
    },
  },
  {
    situation: 'in a running tool', moment: 'chunk', isMoment: ({ type }) => type === 'tool-progress', requests: 1, isAnswering: false, tool: 'waits',
    answer: (api, response) => {
      sseHead(response);
      response.end(phrases[api].toolCall);
    },
  },
  {
    situation: 'between two steps', moment: 'chunk', isMoment: ({ type }) => type === 'step', requests: 1, isAnswering: false, tool: 'answers',
    answer: (api, response) => {
      sseHead(response);
      response.end(phrases[api].toolCall);
    },
  },
  {
    situation: 'in a retry wait', moment: 'retry wait', isMoment: never, requests: 1, isAnswering: false, tool: 'answers',
    answer: (_, response) => {
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"Come back later."}}');
    },
  },
];

/** A whole answer of this wire format, `Done.` */
export function wholeAnswer(api: WireApi): string {
  return phrases[api].text;
}
