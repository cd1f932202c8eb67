import { ValidationError } from '../../core/errors.js';
import type { Message } from '../../core/message.js';
import type { ProviderRequest, ResponseFormat, ToolChoice, ToolDefinition } from '../../core/provider.js';
import { adaptCalls } from '../history-calls.js';
import { chatMessages } from './messages.js';
import type { WireData } from '../wire/wire-data.js';

/** The name of this provider: in errors, and on its `replay` data. */
export const providerName = 'openai';

/** The body field for `maxTokens`. */
export type MaxTokensField = 'max_completion_tokens' | 'max_tokens';

/** For which server a request is written. */
export interface ChatDialect {
  readonly maxTokensField: MaxTokensField;
  readonly sendsReasoning: boolean;
}

const officialHosts = /(?:^|\.)(?:openai\.com|openai\.azure\.com)$/;

function isOfficial(baseURL: string): boolean {
  return URL.canParse(baseURL) && officialHosts.test(new URL(baseURL).hostname);
}

/**
 * How the server at `baseURL` is spoken to. OpenAI's reasoning models refuse `max_tokens`, most compatible servers know
 * nothing else.
 */
export function chatDialect(baseURL: string, maxTokensField?: MaxTokensField): ChatDialect {
  const official = isOfficial(baseURL);
  return {
    maxTokensField: maxTokensField ?? (official ? 'max_completion_tokens' : 'max_tokens'),
    sendsReasoning: !official,
  };
}

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
    messages: chatMessages(sendableMessages(request), { provider: providerName, sendsReasoning: dialect.sendsReasoning }),
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

/** The API takes every id but an empty one; compatible servers want their own back as it came. */
function sendableMessages({ messages, tools = [] }: ProviderRequest): readonly Message[] {
  return adaptCalls(messages, { isAcceptedId: (id) => id !== '', toolNames: new Set(tools.map(({ name }) => name)) });
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
