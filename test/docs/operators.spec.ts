import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { pictures } from '../../marbles/pictures.js';
import * as operators from '../../operators/index.js';
import { blocksOf, readPage } from '../../scripts/docs-snippets.js';

// Every exported operator has its page, in the same form; test/docs/snippets.spec.ts runs the examples.

const names = Object.keys(operators);
const titles = new Map(pictures.map(({ fileName, entry }) => [fileName, entry.title]));

function fileNameOf(operator: string): string {
  return operator.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** What a page lacks. */
function faultsOf(operator: string, page: string): readonly string[] {
  const headings = Array.from(page.matchAll(/^#+ (.*)$/gm), ([, heading = '']) => heading);
  const wanted = [operator, 'When to use it', 'Example', 'Options', 'Unsubscribe, error, complete', 'See also'];
  const shown = Array.from(page.matchAll(/^!\[(.*)\]\(\.\.\/marbles\/([\w-]+\.svg)\)$/gm), ([, title = '', file = '']) => ({ title, file }));
  const own = shown.filter(({ file }) => file.replace(/-\d+\.svg$/, '') === fileNameOf(operator));
  const examples = blocksOf(page).filter(({ language, code }) => language === 'ts' && new RegExp(`\\b${operator}\\(`).test(code));
  return [
    ...wanted.filter((heading) => !headings.includes(heading)).map((heading) => `no heading "${heading}"`),
    ...(own.length === 0 ? ['no picture'] : []),
    ...(/^## Unsubscribe, error, complete$[^]*unsubscrib[^]*^## See also$/im.test(page) ? [] : ['nothing on unsubscribing']),
    // The number of a picture changes when its table does; its title says which one is meant.
    ...shown.filter(({ title, file }) => titles.get(file) !== title).map(({ file }) => `${file} is not titled as its picture`),
    ...(examples.some(({ code }) => code.includes('// prints: ')) ? [] : ['no example that prints something']),
  ];
}

describe.each(names)('%s', (operator) => {
  const path = `docs/operators/${fileNameOf(operator)}.md`;

  it('has a page with a picture and an example', () => {
    expect(existsSync(path) ? faultsOf(operator, readPage(path)) : [`no page ${path}`]).toEqual([]);
  });

  it('is in the table of all operators', () => {
    expect(readPage('docs/operators/README.md')).toContain(`[\`${operator}\`](${fileNameOf(operator)}.md)`);
  });
});

describe('the check itself', () => {
  const whole = [
    '# text', '![text passes an error on](../marbles/text-4.svg)', '## When to use it', '## Example',
    '```ts\nsource.pipe(text()).subscribe(console.log); // prints: a\n```', '## Options', '## Unsubscribe, error, complete', 'Unsubscribing stops it.', '## See also', '',
  ].join('\n\n');

  it('finds nothing wrong with a whole page', () => {
    expect(faultsOf('text', whole)).toEqual([]);
  });

  it.each([
    ['## Options', 'no heading "Options"'],
    ['![text passes an error on](../marbles/text-4.svg)', 'no picture'],
    ['passes an error on', 'text-4.svg is not titled as its picture'],
    ['source.pipe(text())', 'no example that prints something'],
    [' // prints: a', 'no example that prints something'],
    ['Unsubscribing stops', 'nothing on unsubscribing'],
  ])('misses %j', (part, fault) => {
    expect(faultsOf('text', whole.replace(part, ''))).toEqual([fault]);
  });
});
