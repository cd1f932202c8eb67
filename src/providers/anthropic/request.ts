import { ValidationError } from '../../core/errors.js';
import type { Message } from '../../core/message.js';
import type { ProviderRequest, ResponseFormat, ToolChoice } from '../../core/provider.js';
import { type IdRules, adaptCalls, readableId } from '../history-calls.js';
import { withOwnReplays } from '../server-replay.js';
import { toWireConversation } from './conversation.js';
import { providerName } from './replay.js';
import { type WireData, isRecord, listOf } from '../wire/wire-data.js';

/** `max_tokens` must be given to the Messages API; this is what we give when the request has no `maxTokens`. */
export const defaultMaxTokens = 8_192;

/** The body of a request to the Messages API, without `stream`. */
export type MessagesBody = WireData & { readonly model: string; readonly max_tokens: number };

/**
 * Builds the body of a request. `extra` is merged last and wins; inside `output_config` field by field.
 *
 * @param server to whom it goes: replays of other servers stay away.
 * @throws {ValidationError} the API would refuse it or cannot do it (`seed`, JSON without a schema).
 */
export function messagesRequest(model: string, request: ProviderRequest, server?: string): MessagesBody {
  const { temperature, topP, extra = {} } = request;
  checkOptions(request);
  const tools = request.tools?.map(({ name, description, parameters }) => ({
    name,
    ...(description !== undefined && { description }),
    input_schema: { type: 'object', ...parameters },
  }));
  const hasTools = listOf(extra.tools ?? tools).length > 0;
  const stop = stopSequences(request.stop);
  const format = outputFormat(request.responseFormat);
  const outputConfig = { ...(format !== undefined && { format }), ...(isRecord(extra.output_config) ? extra.output_config : {}) };
  return {
    model,
    max_tokens: request.maxTokens ?? defaultMaxTokens,
    ...toWireConversation(sendableMessages(request, server)),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(stop.length > 0 && { stop_sequences: stop }),
    ...(tools !== undefined && tools.length > 0 && { tools }),
    ...(request.toolChoice !== undefined && toolChoiceField(request.toolChoice, hasTools)),
    ...extra,
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
  };
}

/** The pattern of `tool_use.id` in the API reference: servers of other APIs give ids such as `functions.add:0`. */
const acceptedId = /^[a-zA-Z0-9_-]+$/;
const ids: IdRules = { isAccepted: (id) => acceptedId.test(id), rename: readableId() };

function sendableMessages({ messages, tools = [] }: ProviderRequest, server: string | undefined): readonly Message[] {
  const own = withOwnReplays(messages, providerName, server);
  return adaptCalls(own, { ids, toolNames: new Set(tools.map(({ name }) => name)) });
}

function checkOptions({ maxTokens, temperature, topP, seed }: ProviderRequest): void {
  if (maxTokens !== undefined && !(Number.isInteger(maxTokens) && maxTokens > 0)) {
    throw new ValidationError(`maxTokens is ${maxTokens}: give a whole number above 0.`);
  }
  checkShare('temperature', temperature);
  checkShare('topP', topP);
  if (seed !== undefined) {
    throw new ValidationError('The Anthropic Messages API has no seed. Leave it out for this provider.');
  }
}

function checkShare(name: string, value: number | undefined): void {
  if (value === undefined || (value >= 0 && value <= 1)) return;
  throw new ValidationError(`${name} is ${value}: the Anthropic Messages API takes 0 to 1.`);
}

function stopSequences(stop: ProviderRequest['stop']): readonly string[] {
  const sequences = typeof stop === 'string' ? [stop] : (stop ?? []);
  if (sequences.some((sequence) => sequence.trim() === '')) {
    throw new ValidationError('A stop text is empty or white space: the Anthropic Messages API takes only texts with other characters.');
  }
  return sequences;
}

function outputFormat(format: ResponseFormat | undefined): WireData | undefined {
  if (format === undefined) return undefined;
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json':
      throw new ValidationError("The Anthropic Messages API has no JSON mode without a schema. Give responseFormat 'json-schema'.");
    case 'json-schema':
      // It has no name there and is always strict.
      return { type: 'json_schema', schema: format.schema };
    default:
      format satisfies never;
      return undefined;
  }
}

function toolChoiceField(choice: ToolChoice, hasTools: boolean): WireData {
  const mustCall = choice === 'required' || typeof choice === 'object';
  if (!hasTools) {
    if (mustCall) throw new ValidationError('toolChoice asks for a tool call, but the request has no tools. Give tools.');
    // The API refuses tool_choice without tools; without them 'auto' and 'none' mean nothing.
    return {};
  }
  if (typeof choice === 'object') return { tool_choice: { type: 'tool', name: choice.toolName } };
  return { tool_choice: { type: choice === 'required' ? 'any' : choice } };
}
