// Writes every `@example` of the sources to .snippets/docstrings/, one file each: `tsc` checks them there, and
// test/docs/docstrings.spec.ts runs them. What an example does not declare comes from test/docs/docstring-names.ts.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** One `@example`. */
export interface DocstringExample {
  /** Where it stands: `operators/text.ts:21`. */
  readonly place: string;
  readonly code: string;
  /** Where it is written. */
  readonly file: string;
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, '.snippets', 'docstrings');
const sourceFolders = ['src', 'operators', 'marbles'];
/** The command line is no API; test/testing/conformance.spec.ts runs the conformance kit as its examples do. */
const notPublic = /^src\/cli\/|^src\/testing\/conformance\/|\.spec\.ts$/;

/** Global inside Jest alone: the spec must write the same files as this script does. */
const ofTestRunners: ReadonlySet<string> = new Set(['describe', 'expect', 'it', 'jest', 'test']);

function sourceFiles(): readonly string[] {
  return sourceFolders
    .flatMap((name) => readdirSync(join(root, name), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !notPublic.test(path) && isExported(path))
    .sort();
}

/** An operator is public when the entry names its file; of the other folders everything counts. */
function isExported(path: string): boolean {
  const [folderName, name = '', ...deeper] = path.split('/');
  if (folderName !== 'operators' || deeper.length > 0) return true;
  return readFileSync(join(root, 'operators', 'index.ts'), 'utf8').includes(`'./${name.replace(/\.ts$/, '.js')}'`);
}

/** The code of each `@example` in a source, and the line of its tag, counted from 1. It ends at the next tag. */
export function examplesOf(source: string): readonly { readonly line: number; readonly code: string }[] {
  const examples = source.matchAll(/^ *\* @example *\n((?: *\*(?!\/)(?! *@)[^\n]*\n)+)/gm);
  return Array.from(examples, ({ index, 1: body = '' }) => ({
    line: source.slice(0, index).split('\n').length,
    code: body.replace(/^ *\* ?/gm, ''),
  }));
}

interface Names {
  /** Used and not declared, with `type ` before a name that is only a type. */
  readonly free: readonly string[];
  /** Declared at the top and not exported: exported below, so that nothing is unused. */
  readonly unexported: readonly string[];
}

/** Where an identifier is a label and no use of a name. */
function isLabel(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) return parent.name === node;
  return ts.isBindingElement(parent) && parent.propertyName === node;
}

function isDeclaration(node: ts.Identifier): boolean {
  const { parent } = node;
  const declares = ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isFunctionLike(parent) || ts.isBindingElement(parent);
  return (declares || ts.isImportSpecifier(parent)) && parent.name === node;
}

function namesOf(code: string): Names {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true);
  const declared = new Set<string>();
  const used = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isLabel(node)) {
      if (isDeclaration(node)) declared.add(node.text);
      else if (!used.has(node.text)) used.set(node.text, ts.isTypeReferenceNode(node.parent) ? `type ${node.text}` : node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const isFree = (name: string): boolean => !declared.has(name) && (!(name in globalThis) || ofTestRunners.has(name));
  const variables = file.statements.filter(ts.isVariableStatement).filter(({ modifiers = [] }) => modifiers.length === 0);
  return {
    free: [...used].filter(([name]) => isFree(name)).map(([, spelled]) => spelled),
    unexported: variables.flatMap(({ declarationList }) => declarationList.declarations).flatMap(({ name }) => boundNames(name)),
  };
}

function boundNames(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

function toModule(place: string, code: string): string {
  const { free, unexported } = namesOf(code);
  const imports = free.length === 0 ? '' : `import { ${free.join(', ')} } from '../../test/docs/docstring-names.js';\n`;
  return `// ${place}\n${imports}${code}export { ${unexported.join(', ')} };\n`;
}

function isCurrent(file: string, code: string): boolean {
  try {
    return readFileSync(file, 'utf8') === code;
  } catch {
    return false;
  }
}

/** Brings .snippets/docstrings/ up to date. A file that is right is left alone: the type check and the spec may run at once. */
export function writeDocstringExamples(): readonly DocstringExample[] {
  const examples = sourceFiles().flatMap((path) =>
    examplesOf(readFileSync(join(root, path), 'utf8')).map(({ line, code }) => ({
      place: `${path}:${line}`,
      code: toModule(`${path}:${line}`, code),
      file: join(folder, `${path.replace(/\.ts$/, '').replace(/\W+/g, '-')}-line-${line}.ts`),
    })),
  );
  const wanted = new Set(examples.map(({ file }) => file));
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder)) if (!wanted.has(join(folder, entry))) rmSync(join(folder, entry));
  for (const { file, code } of examples) if (!isCurrent(file, code)) writeFileSync(file, code);
  return examples;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeDocstringExamples();
