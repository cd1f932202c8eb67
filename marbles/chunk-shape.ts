import type { StreamChunk } from '../src/core/chunk.js';
import type { ToolEvent } from '../src/core/tool.js';
import { isObject, readField } from './realm.js';

type Fields = Readonly<Record<string, 'string' | 'number' | 'boolean'>>;

/** Of every chunk. */
const common: Fields = { content: 'string', isFinal: 'boolean', timestamp: 'number' };

/** What a picture needs of each kind. Others have types of these names too, with other fields. */
const own: Readonly<Record<StreamChunk['type'], Fields>> = {
  text: {},
  reasoning: { reasoning: 'string' },
  'tool-input': { toolCallId: 'string', toolName: 'string', inputDelta: 'string' },
  'tool-call': { toolCallId: 'string', toolName: 'string' },
  'tool-approval': { toolCallId: 'string', toolName: 'string' },
  'tool-progress': { toolCallId: 'string', toolName: 'string' },
  'tool-result': { toolCallId: 'string', toolName: 'string', isError: 'boolean' },
  source: {},
  file: { mediaType: 'string', data: 'string' },
  step: { stepIndex: 'number', finishReason: 'string' },
  restart: { attempt: 'number', reason: 'string' },
  finish: { finishReason: 'string' },
};

const ofEvents: Readonly<Record<ToolEvent['type'], Fields>> = { 'tool-approval': {}, 'tool-progress': {}, 'tool-result': { isError: 'boolean' } };

function has(value: object, fields: Fields): boolean {
  return Object.entries(fields).every(([name, type]) => typeof readField(value, name) === type);
}

function typeIn<T extends string>(value: object, kinds: Readonly<Record<T, Fields>>): Fields | undefined {
  const type = readField(value, 'type');
  // `hasOwn` has just found it among the kinds.
  return typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type as T] : undefined;
}

/** True for one of our chunks, whoever made it. */
export function isChunk(value: unknown): value is StreamChunk {
  if (!isObject(value)) return false;
  const fields = typeIn(value, own);
  return fields !== undefined && has(value, common) && has(value, fields) && isObject(readField(value, 'metadata'));
}

/** True for what an interceptor emits: a chunk without the fields that the operator adds. */
export function isToolEvent(value: unknown): value is ToolEvent {
  if (!isObject(value)) return false;
  const fields = typeIn(value, ofEvents);
  return fields !== undefined && has(value, fields);
}
