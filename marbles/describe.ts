import type { StreamChunk } from '../src/core/chunk.js';
import { isStreamInterrupted } from '../src/core/errors.js';
import type { ToolEvent } from '../src/core/tool.js';
import { show } from './show.js';

/** What a mark looks like: a chunk's type, or one of the things that are no chunk. */
export type MarkKind = StreamChunk['type'] | 'tool-error' | 'value';

/** How a value is shown in a picture. */
export interface Mark {
  readonly kind: MarkKind;
  readonly label: string;
}

/** White space made visible. */
function visible(text: string): string {
  return text.replace(/\n/g, '↵').replace(/\r/g, '\\r').replace(/\t/g, '⇥').replace(/^ | $/g, '␣');
}

function isEvent(value: unknown): value is StreamChunk | ToolEvent {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function argumentsOf(input: unknown): string {
  const isRecord = typeof input === 'object' && input !== null && !Array.isArray(input);
  return isRecord ? Object.values(input).map((field) => show(field)).join(', ') : show(input);
}

/** A short label and a kind, for pictures. */
export function markOf(value: unknown): Mark {
  if (isEvent(value)) return eventMark(value);
  if (typeof value === 'string') return { kind: 'value', label: `"${visible(value)}"` };
  if (typeof value === 'object' && value !== null && 'completeText' in value) {
    return { kind: 'value', label: `"${visible(String(value.completeText))}"` };
  }
  return { kind: 'value', label: show(value) };
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
      return { kind: 'tool-call', label: `${event.toolName}(${event.invalidInput ?? argumentsOf(event.input)})` };
    case 'tool-approval':
      return { kind: 'tool-approval', label: 'ask' };
    case 'tool-progress':
      return { kind: 'tool-progress', label: `… ${show(event.progress)}` };
    case 'tool-result':
      return event.isError
        ? { kind: 'tool-error', label: `✗ ${String(event.output)}` }
        : { kind: 'tool-result', label: `= ${show(event.output)}` };
    case 'source':
      return { kind: 'source', label: event.title ?? event.url ?? 'source' };
    case 'file':
      return { kind: 'file', label: event.mediaType };
    case 'step':
      return { kind: 'step', label: `step ${event.stepIndex}` };
    case 'restart':
      return { kind: 'restart', label: `↻ ${event.attempt}` };
    case 'finish':
      return { kind: 'finish', label: event.content === '' ? event.finishReason : `${visible(event.content)} ${event.finishReason}` };
    default:
      event satisfies never;
      return { kind: 'value', label: show(event) };
  }
}

const plain = new Set(['type', 'timestamp', 'metadata', 'isFinal']);

/** One line that says everything that is compared, for legends. */
export function describeValue(value: unknown): string {
  if (isEvent(value)) {
    const rest = Object.entries(value).filter(([key, field]) => !plain.has(key) && field !== '' && field !== undefined);
    if (rest.length === 1) return `${value.type} ${show(rest[0]?.[1])}`;
    return `${value.type} ${show(Object.fromEntries(rest))}`;
  }
  if (typeof value === 'object' && value !== null && 'completeText' in value) return `snapshot ${show(value.completeText)}`;
  return show(value);
}

/** A few words for an error, for pictures. */
export function errorLabel(error: unknown): string {
  if (isStreamInterrupted(error)) return `${error.name}: ${error.reason}${error.phase === undefined ? '' : ` (${error.phase})`}`;
  if (error instanceof Error) return error.name;
  return typeof error === 'string' ? error : show(error);
}
