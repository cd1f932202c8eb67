import type { Answer } from './answer.js';
import type { ChatRequest } from './request.js';

/** About four characters a token, as English text has. */
function tokens(characters: number): number {
  return Math.ceil(characters / 4);
}

function usage(request: ChatRequest, answer: Answer): object {
  const read = request.messages.reduce((sum, message) => sum + message.content.length + JSON.stringify(message.toolCalls).length, 0);
  const written = answer.calls.reduce((sum, call) => sum + call.name.length + call.arguments.length, answer.text.length);
  const [prompt, completion] = [tokens(read), tokens(written)];
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function envelope(request: ChatRequest, id: string, object: string): object {
  return { id, object, created: Math.floor(Date.now() / 1000), model: request.model };
}

function finishReason(answer: Answer): string {
  return answer.calls.length > 0 ? 'tool_calls' : 'stop';
}

/** The answer as one JSON body: an object of type `chat.completion`. */
export function toCompletionBody(request: ChatRequest, answer: Answer, id: string): object {
  const calls = answer.calls.map((call, index) => ({ id: callId(id, index), type: 'function', function: call }));
  const message = { role: 'assistant', content: answer.text, refusal: null, ...(calls.length > 0 && { tool_calls: calls }) };
  return {
    ...envelope(request, id, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(answer) }],
    usage: usage(request, answer),
  };
}

/** The answer as the data of its server-sent events, in order: objects of type `chat.completion.chunk`, then `[DONE]`. */
export function toEvents(request: ChatRequest, answer: Answer, id: string): readonly string[] {
  const event = (choices: readonly object[], more: object = {}): string =>
    JSON.stringify({ ...envelope(request, id, 'chat.completion.chunk'), choices, ...more });
  const delta = (fields: object, reason: string | null = null): string =>
    event([{ index: 0, delta: fields, logprobs: null, finish_reason: reason }], request.includeUsage ? { usage: null } : {});
  const content = answer.text.match(/\s*\S+\s*/g) ?? [];
  return [
    delta({ role: 'assistant', content: '' }),
    ...content.map((word) => delta({ content: word })),
    ...answer.calls.flatMap((call, index) => toolDeltas(call, index, callId(id, index)).map((fields) => delta({ tool_calls: [fields] }))),
    delta({}, finishReason(answer)),
    ...(request.includeUsage ? [event([], { usage: usage(request, answer) })] : []),
    '[DONE]',
  ];
}

function callId(id: string, index: number): string {
  return `call_${id.slice(-6)}_${index}`;
}

/** Id and name come once, then the arguments in pieces, as the API sends them. */
function toolDeltas(call: { readonly name: string; readonly arguments: string }, index: number, id: string): readonly object[] {
  const fragments = call.arguments.match(/.{1,6}/gsu) ?? [];
  return [
    { index, id, type: 'function', function: { name: call.name, arguments: '' } },
    ...fragments.map((fragment) => ({ index, function: { arguments: fragment } })),
  ];
}
