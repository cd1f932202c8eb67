import { type Arithmetic, findArithmetic } from './arithmetic.js';
import type { ChatMessage, ChatRequest } from './request.js';

/** What the offline model says: text, then perhaps calls of the calculator. */
export interface Answer {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly arguments: string }[];
}

const calculatorName = /calculat/i;
const greeting = /^(?:hi|hello|hey|good (?:morning|afternoon|evening))\b/i;
const asksForHistory = /\b(?:what|which)\b.*\b(?:i|my)\b.*\b(?:ask|asked|say|said|before|previous|last|earlier)\b|\b(?:previous|earlier|last) (?:question|prompt|message)\b/i;
const asksForCount = /\bhow (?:many|long)\b.*\b(words?|letters?|characters?)\b|\bcount\b.*\b(words?|letters?|characters?)\b/i;
const quoted = /["“'](.+)["”']|:\s*(.+)$/s;

function say(text: string): Answer {
  return { text, calls: [] };
}

/** The deterministic program behind the offline model: reads the conversation and the tools, gives the next answer. */
export function answer(request: ChatRequest): Answer {
  const lastUser = request.messages.findLastIndex((message) => message.role === 'user');
  const prompt = request.messages[lastUser]?.content.trim() ?? '';
  const since = request.messages.slice(lastUser + 1);
  const results = since.filter((message) => message.role === 'tool');
  const arithmetic = findArithmetic(prompt);
  if (results.length > 0) return fromResults(results, since, arithmetic);
  if (arithmetic.length > 0) return compute(arithmetic, request.toolNames);
  const earlier = request.messages.slice(0, Math.max(lastUser, 0)).filter((message) => message.role === 'user');
  return talk(prompt, earlier.map((message) => message.content.trim()));
}

function compute(arithmetic: readonly Arithmetic[], toolNames: readonly string[]): Answer {
  const name = toolNames.find((tool) => calculatorName.test(tool));
  const phrases = arithmetic.map(({ phrase }) => phrase).join(' and ');
  if (name === undefined) return say(`To work out ${phrases} I need a calculator, and this request gives me none.`);
  return {
    text: `Let me work out ${phrases}.`,
    calls: arithmetic.map(({ expression }) => ({ name, arguments: JSON.stringify({ expression }) })),
  };
}

/** Uses what the tool said, whatever it said: the model does not compute on its own. */
function fromResults(results: readonly ChatMessage[], since: readonly ChatMessage[], arithmetic: readonly Arithmetic[]): Answer {
  const calls = since.flatMap((message) => message.toolCalls);
  const sentences = results.map((result) => {
    const call = calls.find(({ id }) => id === result.toolCallId);
    const expression = readExpression(call?.arguments ?? '');
    const phrase = arithmetic.find((one) => one.expression === expression)?.phrase ?? (expression || 'The result');
    const value = readNumber(result.content);
    return value === undefined ? `The tool gave this for ${phrase}: ${result.content}` : `${phrase} is ${value}.`;
  });
  return say(sentences.join(' '));
}

function readExpression(text: string): string {
  try {
    const { expression } = JSON.parse(text) as { readonly expression?: unknown };
    return typeof expression === 'string' ? expression : '';
  } catch {
    return '';
  }
}

function readNumber(content: string): string | undefined {
  const value = Number(content);
  return content.trim() === '' || Number.isNaN(value) ? undefined : value.toLocaleString('en-US', { maximumFractionDigits: 10 });
}

function talk(prompt: string, earlier: readonly string[]): Answer {
  if (asksForHistory.test(prompt)) return say(recall(earlier));
  const unit = asksForCount.exec(prompt);
  if (unit !== null) return say(count(prompt, unit[1] ?? unit[2] ?? 'words'));
  if (greeting.test(prompt)) return say('Hello! I am the offline model. Ask me to work something out, such as 15% of 2,500.');
  return say(describe(prompt, earlier.length));
}

function recall(earlier: readonly string[]): string {
  if (earlier.length === 0) return 'This is your first message, so there is nothing before it.';
  return `Before this you said: ${earlier.map((text) => `"${text}"`).join(', then ')}.`;
}

function splitWords(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}'’-]+/gu) ?? [];
}

function count(prompt: string, unit: string): string {
  const match = quoted.exec(prompt);
  const subject = match?.[1] ?? match?.[2] ?? prompt;
  const plural = unit.toLowerCase().replace(/s?$/, 's');
  const total = plural === 'words' ? splitWords(subject).length : Array.from(plural === 'letters' ? subject.replace(/\P{L}/gu, '') : subject).length;
  return `"${subject}" holds ${total} ${total === 1 ? plural.slice(0, -1) : plural}.`;
}

function describe(prompt: string, earlierCount: number): string {
  const words = splitWords(prompt);
  const topics = [...new Set(words.filter((word) => word.length > 3).map((word) => word.toLowerCase()))].slice(0, 4);
  const about = topics.length === 0 ? 'It is very short.' : `Its main words are ${topics.join(', ')}.`;
  const before = earlierCount === 0 ? '' : ` It is message ${earlierCount + 1} of our conversation.`;
  return (
    `I am a small offline program, not a language model. Your prompt has ${words.length} ${words.length === 1 ? 'word' : 'words'}. ${about}${before} ` +
    'I can do arithmetic with the calculator, count words, and recall what you said before. Set OPENAI_API_KEY or ANTHROPIC_API_KEY to ask a real model.'
  );
}
