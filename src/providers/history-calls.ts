import type { ToolCall } from '../core/chunk.js';
import type { AssistantMessage, Message, ToolMessage } from '../core/message.js';

/** The ids of calls that an API takes. */
export interface IdRules {
  readonly isAccepted: (toolCallId: string) => boolean;
  /** An id that it takes, in place of one that it would refuse; another one for each `attempt` (from 1), as some are taken. */
  readonly rename: (toolCallId: string, attempt: number) => string;
}

/** Which calls of a history an API takes as they are. */
export interface CallRules {
  readonly ids: IdRules;
  /** The tools of the request: their names stay, whatever they look like. */
  readonly toolNames: ReadonlySet<string>;
}

/** A call that waits for its result, and what it is called in the request. */
interface OpenCall {
  readonly toolCallId: string;
  readonly sent: ToolCall;
}

/** Both APIs take such a name; Anthropic takes twice the length. */
const acceptedName = /^[a-zA-Z0-9_-]{1,64}$/;
const longestName = 64;

/**
 * Renames what an API would refuse in the calls of a history and in their results: ids that another server made up, and
 * tool names that the model invented. One bad name would make the whole conversation unsendable.
 *
 * The same history always gets the same names, and no two calls get one id.
 */
export function adaptCalls(messages: readonly Message[], rules: CallRules): readonly Message[] {
  const ids = new CallIds(messages, rules.ids);
  let open: OpenCall[] = [];
  return messages.map((message) => {
    if (message.role === 'tool') return adaptResult(message, open);
    open = [];
    if (message.role !== 'assistant' || message.toolCalls === undefined) return message;
    open = message.toolCalls.map((call) => ({ toolCallId: call.toolCallId, sent: adaptCall(call, ids, rules) }));
    return { ...message, toolCalls: open.map(({ sent }) => sent) };
  });
}

function adaptCall(call: ToolCall, ids: CallIds, { toolNames }: CallRules): ToolCall {
  return { ...call, toolCallId: ids.next(call.toolCallId), toolName: toolNames.has(call.toolName) ? call.toolName : nameOf(call.toolName) };
}

/** Calls with one id are answered in their order. A result without an open call stays: whoever checks the history names it. */
function adaptResult(message: ToolMessage, open: OpenCall[]): ToolMessage {
  const at = open.findIndex(({ toolCallId }) => toolCallId === message.toolCallId);
  const [call] = at < 0 ? [] : open.splice(at, 1);
  return call === undefined ? message : { ...message, toolCallId: call.sent.toolCallId, toolName: call.sent.toolName };
}

function nameOf(toolName: string): string {
  if (acceptedName.test(toolName)) return toolName;
  return toolName === '' ? 'unknown' : plain(toolName).slice(0, longestName);
}

function plain(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9_-]/g, '_');
}

/** Renames an id so that it can still be recognized, to at most `longest` characters. */
export function readableId(longest = Number.POSITIVE_INFINITY): IdRules['rename'] {
  return (toolCallId, attempt) => {
    const end = attempt === 1 ? '' : `_${attempt}`;
    return (plain(toolCallId) || 'call').slice(0, longest - end.length) + end;
  };
}

/** The ids of one request. */
class CallIds {
  readonly #rules: IdRules;
  /** Ids that stay, known beforehand, so that no made-up one takes theirs. */
  readonly #kept: ReadonlySet<string>;
  readonly #sent = new Set<string>();

  constructor(messages: readonly Message[], rules: IdRules) {
    this.#rules = rules;
    const calls = messages.filter((message): message is AssistantMessage => message.role === 'assistant').flatMap(({ toolCalls = [] }) => toolCalls);
    this.#kept = new Set(calls.map(({ toolCallId }) => toolCallId).filter((id) => rules.isAccepted(id)));
  }

  /** What the next call of the history is called. */
  next(toolCallId: string): string {
    const stays = this.#rules.isAccepted(toolCallId) && !this.#sent.has(toolCallId);
    const id = stays ? toolCallId : this.#free(toolCallId);
    this.#sent.add(id);
    return id;
  }

  #free(toolCallId: string): string {
    let id = this.#rules.rename(toolCallId, 1);
    for (let attempt = 2; this.#sent.has(id) || this.#kept.has(id); attempt++) id = this.#rules.rename(toolCallId, attempt);
    return id;
  }
}
