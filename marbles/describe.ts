import type { StreamChunk } from '../src/core/chunk.js';
import { isStreamInterrupted } from '../src/core/errors.js';
import type { ToolEvent } from '../src/core/tool.js';
import { isChunk, isToolEvent } from './chunk-shape.js';
import { printable } from './printable.js';
import { isAnyError, isObject, readField } from './realm.js';
import { show } from './show.js';

/** What a mark looks like: a chunk's type, or one of the things that are no chunk. */
export type MarkKind = StreamChunk['type'] | 'tool-error' | 'value';

/** How a value is shown in a picture. */
export interface Mark {
  readonly kind: MarkKind;
  readonly label: string;
}

/** White space made visible, and what nobody should obey. */
function visible(text: string): string {
  return printable(text.replace(/\n/g, '↵').replace(/\r/g, '\\r').replace(/\t/g, '⇥').replace(/^ | $/g, '␣'));
}

function argumentsOf(input: unknown): string {
  return isObject(input) && !Array.isArray(input) ? Object.values(input).map((field) => show(field)).join(', ') : show(input);
}

/** What an object is known by: the text of a snapshot. */
function completeTextOf(value: unknown): string | undefined {
  const text = isObject(value) ? readField(value, 'completeText') : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** A short label and a kind, for pictures. */
export function markOf(value: unknown): Mark {
  if (isChunk(value) || isToolEvent(value)) return eventMark(value);
  const text = typeof value === 'string' ? value : completeTextOf(value);
  return { kind: 'value', label: text === undefined ? show(value) : `"${visible(text)}"` };
}

function eventMark(event: StreamChunk | ToolEvent): Mark {
  switch (event.type) {
    case 'text':
      return { kind: 'text', label: visible(event.content) };
    case 'reasoning':
      return { kind: 'reasoning', label: visible(event.reasoning) };
    case 'tool-input':
      return { kind: 'tool-input', label: visible(event.inputDelta) };
    case 'tool-call':
      return { kind: 'tool-call', label: `${visible(event.toolName)}(${event.invalidInput === undefined ? argumentsOf(event.input) : visible(event.invalidInput)})` };
    case 'tool-approval':
      return { kind: 'tool-approval', label: 'ask' };
    case 'tool-progress':
      return { kind: 'tool-progress', label: `… ${show(event.progress)}` };
    case 'tool-result':
      return event.isError
        ? { kind: 'tool-error', label: `✗ ${typeof event.output === 'string' ? visible(event.output) : show(event.output)}` }
        : { kind: 'tool-result', label: `= ${show(event.output)}` };
    case 'source':
      return { kind: 'source', label: visible(event.title ?? event.url ?? 'source') };
    case 'file':
      return { kind: 'file', label: visible(event.mediaType) };
    case 'step':
      return { kind: 'step', label: `step ${event.stepIndex}` };
    case 'restart':
      return { kind: 'restart', label: `↻ ${event.attempt}` };
    case 'finish':
      return { kind: 'finish', label: visible(`${event.content} ${event.finishReason}`.trimStart()) };
    default:
      event satisfies never;
      return { kind: 'value', label: show(event) };
  }
}

const ofEveryChunk = new Set(['type', 'timestamp', 'metadata']);

/** Whether a field says nothing that the type of a chunk does not say. */
function isUsual(chunk: StreamChunk, key: string, field: unknown): boolean {
  if (key === 'content') return field === '' && chunk.type !== 'text';
  if (key === 'isFinal') return field === (chunk.type === 'finish');
  return ofEveryChunk.has(key) || field === undefined;
}

function describeChunk(chunk: StreamChunk): string {
  const rest = Object.entries(chunk).filter(([key, field]) => !isUsual(chunk, key, field));
  return `${chunk.type} ${rest.length === 1 ? show(rest[0]?.[1]) : show(Object.fromEntries(rest))}`;
}

/** One line that says everything that is compared, for legends. */
export function describeValue(value: unknown): string {
  if (isChunk(value)) return describeChunk(value);
  const text = completeTextOf(value);
  return text === undefined ? show(value) : `snapshot ${show(text)}`;
}

/** A few words for an error, for pictures. */
export function errorLabel(error: unknown): string {
  if (isStreamInterrupted(error)) return `${error.name}: ${error.reason}${error.phase === undefined ? '' : ` (${error.phase})`}`;
  if (typeof error === 'string') return visible(error);
  const name = isObject(error) && isAnyError(error) ? readField(error, 'name') : undefined;
  return typeof name === 'string' ? visible(name) : show(error);
}
