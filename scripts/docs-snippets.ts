// Writes every `ts` block of README.md and docs/ to .snippets/, one file each: `tsc` checks them there, and
// test/docs/snippets.spec.ts runs them. Needs nothing installed.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One `ts` block of a page. */
export interface Snippet {
  /** Path of the page from the root, with slashes. */
  readonly page: string;
  /** Line of the opening fence, counted from 1. */
  readonly line: number;
  /** What is run: the hidden preamble, then the block. */
  readonly code: string;
  /** What the block says it prints, line by line. `…` stands for any text. */
  readonly prints: readonly string[];
  /** Where it is written. */
  readonly file: string;
}

/** A fenced block as it stands in the page; `language` is the first word after the fence. */
export interface Block {
  readonly language: string;
  readonly line: number;
  readonly code: string;
  readonly preamble: string;
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, '.snippets');

/** Made by tools from the sources: nothing there is written by hand. */
const generated = /^docs\/(?:api|marbles)\//;

/** README.md and every page under docs/. */
export function pages(): readonly string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((page) => !generated.test(page));
  return ['README.md', ...docs.sort()];
}

/** The text of a page. */
export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** The fenced blocks of a page. A comment `<!-- snippet-preamble … -->` right before a block is its hidden beginning. */
export function blocksOf(markdown: string): readonly Block[] {
  const pattern = /^(?:<!-- snippet-preamble\n([\s\S]*?)\n-->\n+)?(```+)(\S*)[^\n]*\n([\s\S]*?)^\2[ \t]*$/gm;
  return Array.from(markdown.matchAll(pattern), (match) => {
    const [whole, preamble = '', fence = '', language = '', code = ''] = match;
    const before = markdown.slice(0, match.index + whole.indexOf(`${fence}${language}`));
    return { language, line: before.split('\n').length, code, preamble };
  });
}

/** A comment `// prints: text`, at the end of a line or on one of its own, is one line of output. */
function printsOf(code: string): readonly string[] {
  return Array.from(code.matchAll(/\/\/ prints: ?(.*)$/gm), ([, line = '']) => line.trimEnd());
}

function snippetsOf(page: string): readonly Snippet[] {
  const name = page.replace(/\.md$/, '').replace(/\W+/g, '-').toLowerCase();
  return blocksOf(readPage(page))
    .filter((block) => block.language === 'ts')
    .map(({ line, code, preamble }) => ({
      page,
      line,
      code: `// ${page}, line ${line}\n${preamble}\n${code}\nexport {};\n`,
      prints: printsOf(code),
      file: join(folder, `${name}-line-${line}.ts`),
    }));
}

function isCurrent(file: string, code: string): boolean {
  try {
    return readFileSync(file, 'utf8') === code;
  } catch {
    return false;
  }
}

/** Brings .snippets/ up to date. A file that is right is left alone: the type check and the spec may run at once. */
export function writeSnippets(): readonly Snippet[] {
  const snippets = pages().flatMap(snippetsOf);
  const wanted = new Set(snippets.map(({ file }) => file));
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder)) {
    if (entry.endsWith('.ts') && !wanted.has(join(folder, entry))) rmSync(join(folder, entry));
  }
  for (const { file, code } of snippets) if (!isCurrent(file, code)) writeFileSync(file, code);
  return snippets;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeSnippets();
