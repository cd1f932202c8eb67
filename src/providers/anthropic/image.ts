import { ValidationError } from '../../core/errors.js';
import type { ContentBlock } from './replay.js';

/** RFC 2397, base64 form: media type, then parameters we do not need, then the data. */
const dataUrlPattern = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64,/i;

/**
 * An image block: a web address, or the data itself.
 *
 * @throws {ValidationError} neither; the address is not repeated, because a `data:` URL is the image.
 */
export function imageBlock(url: string, messageIndex: number): ContentBlock {
  if (/^https?:\/\//i.test(url)) return { type: 'image', source: { type: 'url', url } };
  const match = dataUrlPattern.exec(url);
  if (match === null) {
    throw new ValidationError(`Message ${messageIndex}: the url of an image must begin with https: or be a data: URL in base64.`);
  }
  return { type: 'image', source: { type: 'base64', media_type: match[1], data: url.slice(match[0].length) } };
}
