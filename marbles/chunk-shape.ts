import type { StreamChunk } from '../src/core/chunk.js';
import type { ToolEvent } from '../src/core/tool.js';
import { isObject, readField } from './realm.js';

type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean'>>;
type Fields = readonly (readonly [name: string, type: string])[];

/** Of every chunk. */
const common: Fields = Object.entries({ content: 'string', isFinal: 'boolean', timestamp: 'number' });

/** What a picture needs of each kind. Others have types of these names too, with other fields. */
const shapes: Readonly<Record<StreamChunk['type'], Shape>> = {
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

const eventShapes: Readonly<Record<ToolEvent['type'], Shape>> = { 'tool-approval': {}, 'tool-progress': {}, 'tool-result': { isError: 'boolean' } };

// As lists, once: every comparison of values asks.
const ofChunks = listed(shapes);
const ofEvents = listed(eventShapes);

function listed(all: Readonly<Record<string, Shape>>): ReadonlyMap<unknown, Fields> {
  return new Map(Object.entries(all).map(([type, shape]) => [type, Object.entries(shape)]));
}

function has(value: object, fields: Fields | undefined): boolean {
  return fields !== undefined && fields.every(([name, type]) => typeof readField(value, name) === type);
}

/** True for one of our chunks, whoever made it. */
export function isChunk(value: unknown): value is StreamChunk {
  if (!isObject(value)) return false;
  return has(value, ofChunks.get(readField(value, 'type'))) && has(value, common) && isObject(readField(value, 'metadata'));
}

/** True for what an interceptor emits: a chunk without the fields that the operator adds. */
export function isToolEvent(value: unknown): value is ToolEvent {
  return isObject(value) && has(value, ofEvents.get(readField(value, 'type')));
}
