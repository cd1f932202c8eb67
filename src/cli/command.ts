import { parseArgs } from 'node:util';
import { ValidationError } from '../core/errors.js';
import { messageOf } from './error-text.js';

export const providerNames = ['openai', 'anthropic', 'offline'] as const;
export type ProviderName = (typeof providerNames)[number];

/** What the user typed, checked. */
export type Command =
  | { readonly type: 'help' }
  | { readonly type: 'version' }
  | { readonly type: 'replay'; readonly file: string; readonly marbles?: string | undefined }
  | AskCommand;

export interface AskCommand {
  readonly type: 'ask';
  readonly prompt: string;
  readonly provider?: ProviderName | undefined;
  readonly model?: string | undefined;
  readonly baseURL?: string | undefined;
  /** Where the run is drawn. */
  readonly marbles?: string | undefined;
}

export const defaultPrompt = 'What is 15% of 2,500?';

export const help = `Usage: agenticraft [options] [prompt]

Streams the answer of an agent that has a calculator. Without a prompt: "${defaultPrompt}"

Options:
  --provider NAME     ${providerNames.join(', ')}
  --model NAME        the model to ask
  --base-url URL      an OpenAI-compatible server, or a proxy of the provider
  --replay FILE.sse   stream a recorded body of Chat Completions or Messages
  --marbles FILE.svg  draw the run as a marble diagram
  -h, --help          show this text
  -v, --version       show the version

Environment:
  OPENAI_API_KEY      picks OpenAI; also the key for --provider openai
  ANTHROPIC_API_KEY   picks Anthropic; also the key for --provider anthropic
  OPENAI_BASE_URL, ANTHROPIC_BASE_URL
                      the provider's address where --base-url is not given
  HTTP_PROXY, HTTPS_PROXY, NO_PROXY
                      the proxy for requests, and the hosts that need none
  NO_COLOR            any value: no colour on a terminal

Without a key and without options an offline model answers: a small program on
this machine. Ctrl-C stops an answer.

Exit codes: 0 answered, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C.
`;

const options = {
  provider: { type: 'string' },
  model: { type: 'string' },
  'base-url': { type: 'string' },
  replay: { type: 'string' },
  marbles: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

type Arguments = ReturnType<typeof parse>;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    // parseArgs adds advice about its own syntax after the first sentence.
    const [sentence = ''] = messageOf(error).split(/\.\s/);
    throw new ValidationError(`${sentence.replace(/\.$/, '')}. Run with --help to see the options.`, { cause: error });
  }
}

/** @throws {ValidationError} for an unknown option, a missing or wrong value, or an empty prompt. */
export function readCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string' && value.trim() === '') throw new ValidationError(`--${name} needs a value.`);
  }
  if (values.help) return { type: 'help' };
  if (values.version) return { type: 'version' };
  if (values.replay !== undefined) return readReplay(values.replay, values, positionals);
  const prompt = positionals.length === 0 ? defaultPrompt : positionals.join(' ').trim();
  if (prompt === '') throw new ValidationError('The prompt is empty. Write what you want to ask, or nothing for an example.');
  return {
    type: 'ask',
    prompt,
    provider: readProvider(values.provider),
    model: values.model,
    baseURL: readBaseURL(values['base-url']),
    marbles: values.marbles,
  };
}

function readReplay(file: string, values: Arguments['values'], positionals: readonly string[]): Command {
  const others = (['provider', 'model', 'base-url'] as const).filter((name) => values[name] !== undefined).map((name) => `--${name}`);
  if (positionals.length > 0) others.push('a prompt');
  if (others.length > 0) throw new ValidationError(`--replay streams a recording: it does not go with ${others.join(', ')}.`);
  return { type: 'replay', file, marbles: values.marbles };
}

function readProvider(name: string | undefined): ProviderName | undefined {
  const known = providerNames.find((one) => one === name);
  if (name !== undefined && known === undefined) {
    throw new ValidationError(`Unknown provider "${name}". Choose one of: ${providerNames.join(', ')}.`);
  }
  return known;
}

function readBaseURL(url: string | undefined): string | undefined {
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new ValidationError(`--base-url "${url}" is not an http or https address.`);
  }
  return url;
}
