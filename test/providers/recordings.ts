import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The APIs whose bodies are known here. */
export type WireApi = 'chat' | 'messages';

/** What a server sent, and what its events say, reduced without our code. */
export interface WireBody {
  readonly name: string;
  readonly origin: 'recording' | 'own';
  readonly httpStatus: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly expected: ExpectedAnswer;
}

/** One call of an expected file. */
export interface ExpectedCall {
  readonly id?: string | null;
  readonly name: string;
  readonly arguments?: unknown;
  readonly argumentsText?: string;
  readonly argumentsEmpty?: boolean;
  readonly argumentsInvalidJson?: boolean;
}

/** An expected file: raw facts of the provider, not chunks. Its rules are in `compare.ts`. */
export interface ExpectedAnswer {
  readonly text?: string;
  readonly refusal?: string;
  readonly reasoning?: string;
  readonly signatures?: readonly string[];
  readonly redactedThinking?: readonly string[];
  readonly reasoningDetails?: readonly { readonly signature?: string; readonly data?: string }[];
  readonly toolCalls?: readonly ExpectedCall[];
  readonly serverBlocks?: readonly (Partial<ExpectedCall> & { readonly type: string; readonly tool_use_id?: string })[];
  readonly finishReason?: string | null;
  readonly usage?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly code?: string | number | null; readonly type?: string }[];
  readonly choices?: readonly unknown[];
  readonly citations?: readonly { readonly url?: string | null; readonly title?: string | null }[];
  readonly annotations?: readonly { readonly url?: string | null; readonly title?: string | null }[];
  readonly body?: { readonly error?: { readonly code?: string | number | null; readonly type?: string } };
}

interface IndexEntry {
  readonly name: string;
  readonly file: string;
  readonly expected: string;
  readonly api: string;
  readonly httpStatus: number;
  readonly contentType: string;
}

const ownFolder = new URL('../wire/', import.meta.url);
/** Beside the repository; a clone has none. */
const recordingsFolder = new URL('../../../shared/wire/', import.meta.url);

function readJson(url: URL): unknown {
  return JSON.parse(readFileSync(url, 'utf8'));
}

function load(folder: URL, index: string, origin: WireBody['origin'], api: WireApi): readonly WireBody[] {
  // The index and the expected files are data of the test suite, written in these shapes.
  const entries = readJson(new URL(index, folder)) as readonly IndexEntry[];
  return entries
    .filter((entry) => entry.api === api)
    .map(({ name, file, expected, httpStatus, contentType }) => ({
      name,
      origin,
      httpStatus,
      contentType,
      bytes: new Uint8Array(readFileSync(new URL(file, folder))),
      expected: readJson(new URL(expected, folder)) as ExpectedAnswer,
    }));
}

/** Whether the recorded bodies are there. */
export function hasRecordings(): boolean {
  return existsSync(new URL('index.json', recordingsFolder));
}

/** Every body of an API: the project's own (`test/wire/*-index.json`), and the recordings where their folder is present. */
export function bodiesOf(api: WireApi): readonly WireBody[] {
  const indexes = readdirSync(fileURLToPath(ownFolder)).filter((file) => file.endsWith('-index.json'));
  const own = indexes.flatMap((index) => load(ownFolder, index, 'own', api));
  return hasRecordings() ? [...load(recordingsFolder, 'index.json', 'recording', api), ...own] : own;
}

/** One line for the summary of a suite: how many bodies of each kind ran. */
export function summaryOf(api: WireApi, bodies: readonly WireBody[]): string {
  const own = bodies.filter((body) => body.origin === 'own').length;
  const absent = hasRecordings() ? '' : ' (the folder of recordings is absent: those were skipped)';
  return `${api}: ${bodies.length - own} recordings, ${own} own bodies${absent}\n`;
}
