/** What the offline model reads of a Chat Completions request. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly toolNames: readonly string[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly toolCallId: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `content` is a string, null, or a list of parts of which the model reads the text. */
function readContent(content: unknown): string {
  return Array.isArray(content) ? list(content).map((part) => text(part['text'])).join('\n') : text(content);
}

function readMessage(message: Json): ChatMessage {
  return {
    role: text(message['role']),
    content: readContent(message['content']),
    toolCalls: list(message['tool_calls']).map((call) => {
      const called = isJson(call['function']) ? call['function'] : {};
      return { id: text(call['id']), name: text(called['name']), arguments: text(called['arguments']) };
    }),
    toolCallId: typeof message['tool_call_id'] === 'string' ? message['tool_call_id'] : undefined,
  };
}

/**
 * Reads the body of `POST /chat/completions`.
 *
 * @returns a sentence that says what is wrong, when the body is no such request.
 */
export function readChatRequest(body: string): ChatRequest | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'The body is not JSON.';
  }
  if (!isJson(parsed)) return 'The body is not a JSON object.';
  const messages = list(parsed['messages']).map(readMessage);
  if (messages.length === 0) return "'messages' must hold at least one message.";
  const options = parsed['stream_options'];
  const tools = parsed['tool_choice'] === 'none' ? [] : list(parsed['tools']);
  return {
    model: text(parsed['model']),
    messages,
    toolNames: tools.flatMap((tool) => (isJson(tool['function']) ? [text(tool['function']['name'])] : [])),
    stream: parsed['stream'] === true,
    includeUsage: isJson(options) && options['include_usage'] === true,
  };
}
