import type { SourceChunk } from '../../core/chunk.js';
import { type WireData, stringOf } from '../wire/wire-data.js';

type SourceFields = Pick<SourceChunk, 'url' | 'title' | 'citedText'>;

/**
 * What a citation names, whatever its kind: `web_search_result_location` has `url` and `title`, `search_result_location`
 * has `source` and `title`, the locations in documents have `document_title`.
 */
export function sourceOf(citation: WireData): SourceFields {
  const url = stringOf(citation.url) ?? stringOf(citation.source);
  const title = stringOf(citation.title) ?? stringOf(citation.document_title);
  const citedText = stringOf(citation.cited_text);
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && { citedText }),
  };
}
