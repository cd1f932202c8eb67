// Writes docs/marbles: one SVG per entry of the marble tables, drawn from its own execution. Needs the build.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { URL } from 'node:url';
import { drawEntry, pictures } from '../dist/marbles/pictures.js';

const folder = new URL('../docs/marbles/', import.meta.url);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const { fileName, entry } of pictures) writeFileSync(new URL(fileName, folder), drawEntry(entry));
console.log(`docs/marbles: ${pictures.length} pictures.`);
