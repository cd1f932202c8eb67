import type { WireApi } from '../providers/recordings.js';
import { type RawEvent, readEvents } from './raw-events.js';

/** What the bytes so far say, by the rule "When an answer is whole" of the documentation; `open` is an interruption. */
export type Standing = 'open' | 'whole' | 'provider';

/** What one event does to an answer. */
type Effect = 'none' | 'goes-on' | 'may-end' | 'ends' | 'fails' | 'unreadable';

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

function isFilled(value: unknown): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
}

/** Chat Completions: `[DONE]`, or a finish reason of choice 0 that no further delta of choice 0 follows. */
function chatEffect({ name, data }: RawEvent): Effect {
  if (data.startsWith('[DONE]')) return 'ends';
  if (data.trim() === '') return 'none';
  const json = parse(data);
  if (name === 'error' && !(isObject(json) && Array.isArray(json.choices))) return 'fails';
  if (!isObject(json)) return 'unreadable';
  const choices: readonly unknown[] = Array.isArray(json.choices) ? json.choices : [];
  const choice = choices.filter(isObject).findLast(({ index = 0 }) => index === 0);
  if (json.error || json.object === 'error' || choice?.error || choice?.finish_reason === 'error') return 'fails';
  if (isFilled(choice?.finish_reason)) return 'may-end';
  const delta = isObject(choice?.delta) ? choice.delta : {};
  const words = [delta.content, delta.refusal, delta.reasoning, delta.reasoning_content, delta.reasoning_details, delta.tool_calls];
  return words.some(isFilled) || isObject(delta.function_call) ? 'goes-on' : 'none';
}

/** Messages: `message_stop`. Proxies drop or change an event's name, so the data's own type decides. */
function messagesEffect({ name, data }: RawEvent): Effect {
  const json = parse(data);
  if (!isObject(json)) return data.trim() === '' ? 'none' : 'unreadable';
  const type = json.type ?? (json.error ? 'error' : name);
  if (type === 'error') return 'fails';
  return type === 'message_stop' ? 'ends' : 'none';
}

const effects = { chat: chatEffect, messages: messagesEffect };

/** An unterminated last event counts if its data parses. */
function counts({ data }: RawEvent): boolean {
  return data.startsWith('[DONE]') || isObject(parse(data));
}

/** Says how an answer stands after the first bytes of a body: worked out from the raw events, without any of our code. */
export class ExpectedEnding {
  readonly #effect: (event: RawEvent) => Effect;
  /** The same few events are read for every offset of a body. */
  readonly #known = new Map<string, Effect>();

  constructor(api: WireApi) {
    this.#effect = effects[api];
  }

  after(prefix: Uint8Array): Standing {
    let standing: Standing = 'open';
    for (const event of readEvents(prefix)) {
      switch (this.#effectOf(event)) {
        case 'ends':
          return 'whole';
        case 'fails':
          return 'provider';
        case 'may-end':
          standing = 'whole';
          break;
        case 'goes-on':
          standing = 'open';
          break;
        case 'none':
        case 'unreadable':
          break;
      }
    }
    return standing;
  }

  #effectOf(event: RawEvent): Effect {
    // One that is cut is another at each offset: kept, those of a large event would fill the memory.
    if (!event.isWhole) return counts(event) ? this.#effect(event) : 'none';
    const key = `${event.name ?? ''}\n${event.data}`;
    const known = this.#known.get(key) ?? this.#effect(event);
    this.#known.set(key, known);
    return known;
  }
}
