import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Snippet, blocksOf, pages, readPage, writeSnippets } from '../../scripts/docs-snippets.js';
import { brokenLinks } from './links.js';
import { OpenRequests } from './open-requests.js';
import { OutputCapture, matches } from './output-capture.js';
import { type ModelServers, startModelServers } from './model-servers.js';

// Every `ts` block of the documents runs here, and prints what it says it prints.

const snippets = writeSnippets();
const ran = new Set<Snippet>();
/** Long enough for a loaded machine; a block that prints what it should ends at once. */
const patienceMs = 4_000;

let servers: ModelServers;
const requests = new OpenRequests();
beforeAll(async () => (servers = await startModelServers()));
afterAll(() => {
  requests.stop();
  return servers.close();
});

describe.each(pages())('%s', (page) => {
  const own = snippets.filter((snippet) => snippet.page === page);

  it('has blocks of known languages alone', () => {
    const known = ['ts', 'sh', 'text', 'python', 'json', 'html'];
    expect(blocksOf(readPage(page)).filter(({ language }) => !known.includes(language))).toEqual([]);
  });

  it('links to pages and headings that exist', () => {
    expect(brokenLinks(page)).toEqual([]);
  });

  if (own.length > 0) {
    it.each(own.map((snippet) => [snippet.line, snippet] as const))('line %i', async (_, snippet) => {
      const output = new OutputCapture();
      try {
        await import(snippet.file);
        await output.until((text) => matches(text, snippet.prints), patienceMs);
        await requests.idle();
      } finally {
        output.stop();
      }
      ran.add(snippet);
      if (!matches(output.text, snippet.prints)) expect(output.lines).toEqual(snippet.prints);
    });
  }
});

// After the rest: Jest runs the tests of a file in order.
it('every block was run', () => {
  // Counted in another way than the blocks are found.
  const written = pages().flatMap((page) => readPage(page).split('\n').filter((line) => /^\s*(?:```+|~~~+)\s*(?:ts|typescript)\b/.test(line)));
  expect(ran.size).toBe(written.length);
  expect(written.length).toBeGreaterThan(0);
});

describe('the check itself', () => {
  it('finds a block, its line, its preamble and what it prints', () => {
    const page = 'Text\n\n<!-- snippet-preamble\nconst a = 1;\n-->\n```ts\nconsole.log(a); // prints: 1\n```\n\n```sh\nls\n```\n';
    expect(blocksOf(page)).toEqual([
      { language: 'ts', line: 6, preamble: 'const a = 1;', code: 'console.log(a); // prints: 1\n' },
      { language: 'sh', line: 10, preamble: '', code: 'ls\n' },
    ]);
  });

  it.each([
    ['1\n2\n', ['1', '2'], true],
    ['1\n', ['1', '2'], false],
    ['1\n2\n3\n', ['1', '2'], false],
    ['first chunk after 12 ms\n', ['first chunk after … ms'], true],
    ['first chunk after 12 ms!\n', ['first chunk after … ms'], false],
    ['surplus', [], false],
    ['', [], true],
  ])('%j printed, %j claimed: %j', (text, prints, expected) => {
    expect(matches(text, prints)).toBe(expected);
  });
});
