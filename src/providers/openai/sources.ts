import type { FileChunk, SourceChunk, StreamChunk } from '../../core/chunk.js';
import type { TranslatorContext } from '../wire/translator.js';
import { type WireData, filledString, isRecord, listOf } from '../wire/wire-data.js';

interface Source {
  readonly url?: string;
  readonly title?: string;
  readonly citedText?: string;
}

function sourceChunk(source: Source, context: TranslatorContext): SourceChunk {
  return { type: 'source', content: '', isFinal: false, timestamp: context.timestamp, metadata: context.metadata, ...source };
}

/** `{ url, title }` of a citation, which some servers send as a bare URL. */
function sourceOf(value: unknown): Source | undefined {
  if (typeof value === 'string') return value === '' ? undefined : { url: value };
  if (!isRecord(value)) return undefined;
  const url = filledString(value.url);
  const title = filledString(value.title);
  const citedText = filledString(value.content);
  if (url === undefined && title === undefined) return undefined;
  return { ...(url !== undefined && { url }), ...(title !== undefined && { title }), ...(citedText !== undefined && { citedText }) };
}

/** Citations of one answer. */
export class SourceReader {
  readonly #context: TranslatorContext;
  readonly #seen = new Set<string>();

  constructor(context: TranslatorContext) {
    this.#context = context;
  }

  /** `delta.annotations`: each is a citation of its own place in the text. */
  takeAnnotations(annotations: unknown, emit: (chunk: StreamChunk) => void): void {
    for (const annotation of listOf(annotations)) {
      if (!isRecord(annotation) || annotation.type !== 'url_citation') continue;
      const source = sourceOf(annotation.url_citation ?? annotation);
      if (source === undefined) continue;
      if (source.url !== undefined) this.#seen.add(source.url);
      emit(sourceChunk(source, this.#context));
    }
  }

  /** Perplexity's `search_results` and `citations`, repeated on every chunk: each URL once, the one with a title first. */
  takeTopLevel(chunk: WireData, emit: (chunk: StreamChunk) => void): void {
    for (const value of [...listOf(chunk.search_results), ...listOf(chunk.citations)]) {
      const source = sourceOf(value);
      if (source?.url === undefined || this.#seen.has(source.url)) continue;
      this.#seen.add(source.url);
      emit(sourceChunk(source, this.#context));
    }
  }
}

const dataUrl = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i;

/** A generated image, `{ image_url: { url } }`: a `data:` URL is a file, any other URL a source. */
export function imageChunk(image: unknown, context: TranslatorContext): FileChunk | SourceChunk | undefined {
  if (!isRecord(image)) return undefined;
  const url = filledString(isRecord(image.image_url) ? image.image_url.url : image.image_url);
  if (url === undefined) return undefined;
  const match = dataUrl.exec(url);
  if (match === null) return sourceChunk({ url }, context);
  return {
    type: 'file',
    content: '',
    isFinal: false,
    timestamp: context.timestamp,
    metadata: context.metadata,
    mediaType: match[1] === undefined || match[1] === '' ? 'application/octet-stream' : match[1],
    data: url.slice(match[0].length),
  };
}
