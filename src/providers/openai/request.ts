import { ValidationError } from '../../core/errors.js';
import type { Message } from '../../core/message.js';
import type { ProviderRequest, ResponseFormat, ToolChoice, ToolDefinition } from '../../core/provider.js';
import { adaptCalls } from '../history-calls.js';
import { withOwnReplays } from '../server-replay.js';
import type { WireData } from '../wire/wire-data.js';
import { type ChatDialect, providerName } from './dialect.js';
import { chatMessages } from './messages.js';

/**
 * The body of a Chat Completions request; `extra` is merged last and wins.
 *
 * @throws {ValidationError} the request cannot be sent as it is.
 */
export function chatRequest(model: string, request: ProviderRequest, dialect: ChatDialect, stream: boolean): WireData {
  checkRequest(request);
  const { temperature, maxTokens, topP, stop, seed, responseFormat, tools = [], toolChoice } = request;
  return {
    model,
    messages: chatMessages(sendableMessages(request, dialect), dialect),
    ...(tools.length > 0 && { tools: tools.map(chatTool) }),
    // Without tools the API refuses a choice.
    ...(tools.length > 0 && toolChoice !== undefined && { tool_choice: chatToolChoice(toolChoice) }),
    ...(temperature !== undefined && { temperature }),
    ...(maxTokens !== undefined && { [dialect.maxTokensField]: maxTokens }),
    ...(topP !== undefined && { top_p: topP }),
    ...(stop !== undefined && { stop }),
    ...(seed !== undefined && { seed }),
    ...(responseFormat !== undefined && { response_format: chatResponseFormat(responseFormat) }),
    ...(stream && { stream_options: { include_usage: true } }),
    ...request.extra,
    // Not for `extra` to change: what reads the answer depends on it.
    stream,
  };
}

function sendableMessages({ messages, tools = [] }: ProviderRequest, { ids, server }: ChatDialect): readonly Message[] {
  const own = withOwnReplays(messages, providerName, server);
  return adaptCalls(own, { ids, toolNames: new Set(tools.map(({ name }) => name)) });
}

function chatTool({ name, description, parameters }: ToolDefinition): WireData {
  return { type: 'function', function: { name, ...(description !== undefined && { description }), parameters } };
}

function chatToolChoice(choice: ToolChoice): unknown {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.toolName } };
}

function chatResponseFormat(format: ResponseFormat): WireData {
  switch (format.type) {
    case 'text':
      return { type: 'text' };
    case 'json':
      return { type: 'json_object' };
    case 'json-schema': {
      const { name, schema, strict } = format;
      return { type: 'json_schema', json_schema: { name, schema, ...(strict !== undefined && { strict }) } };
    }
    default:
      format satisfies never;
      throw new ValidationError('responseFormat has an unknown type. Use text, json or json-schema.');
  }
}

function checkRequest(request: ProviderRequest): void {
  if (request.messages.length === 0) throw new ValidationError('A request needs at least one message.');
  const { temperature, topP, seed, maxTokens } = request;
  // JSON would silently turn NaN and Infinity into null.
  for (const [name, value] of Object.entries({ temperature, topP, seed, maxTokens })) {
    if (value !== undefined && !Number.isFinite(value)) throw new ValidationError(`${name} is ${value}. Give a finite number.`);
  }
  if (maxTokens !== undefined && (maxTokens < 1 || !Number.isInteger(maxTokens))) {
    throw new ValidationError(`maxTokens is ${maxTokens}. Give a whole number from 1 up.`);
  }
}
