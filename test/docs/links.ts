import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { blocksOf, readPage } from '../../scripts/docs-snippets.js';

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const codes = blocksOf(readPage(page)).map(({ code }) => code);
  const prose = codes.reduce((text, code) => text.replace(code, ''), readPage(page));
  const headings = Array.from(prose.matchAll(/^#+ (.*)$/gm), ([, heading = '']) => heading);
  return new Set(headings.map((heading) => heading.toLowerCase().replace(/[^\w\- ]/g, '').replaceAll(' ', '-')));
}

/** The relative links of a page that lead nowhere; addresses of other sites are not looked at. */
export function brokenLinks(page: string): readonly string[] {
  const links = Array.from(readPage(page).matchAll(/\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]*))?\)/g));
  return links
    .filter(([, path = '', anchor]) => {
      const target = path === '' ? page : join(dirname(page), path);
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchorsOf(target).has(anchor);
    })
    .map(([link]) => link);
}
