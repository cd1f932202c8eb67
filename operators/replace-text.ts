import type { MonoTypeOperatorFunction } from 'rxjs';
import type { StreamChunk } from '../src/core/chunk.js';
import { mapText } from './shared/map-text.js';
import { type TextPattern, type TextReplacement, TextReplacements } from './shared/text-replacer.js';

/**
 * Replaces every match in the text, also one that is cut across chunks.
 *
 * The result is that of replacing in the whole text at once, however the source cuts it. Text is held only while it could
 * still be part of a match, or until a `tool-call`, `step`, `finish`, completion or error; a `restart` voids it. Content on
 * `finish` counts as text. Other chunks pass it by, so that a citation in the middle splits no match. Unsubscribing stops
 * the source and drops what is held.
 *
 * Most patterns cost no more per chunk when more is held; back references, lookbehinds and repeated groups cost up to `maxLength`.
 *
 * Errors pass by identity: the partial answer of one holds the text as it came; `redact` covers it.
 *
 * @param search a text, or a pattern with the length of its longest match.
 * @param replacement is inserted as it stands (`$1` has no meaning); what a function throws goes to the error channel.
 * @throws ValidationError at once for an empty text, a pattern without `maxLength`, or no replacement.
 * @example
 * agent.stream$('Who made you?').pipe(replaceText('ACME', 'Acme'));
 * agent.stream$('Link the issues').pipe(replaceText({ pattern: /#\d{1,6}\b/, maxLength: 7 }, (id) => `[${id}](/issues/${id.slice(1)})`));
 * @see redact for what must not be seen.
 */
export function replaceText(search: TextPattern, replacement: TextReplacement): MonoTypeOperatorFunction<StreamChunk> {
  const replacements = new TextReplacements('replaceText', [search], replacement);
  return mapText((emit) => replacements.machine(emit));
}
