import { open, writeFile } from 'node:fs/promises';
import type { MonoTypeOperatorFunction } from 'rxjs';
import type { MarbleRecording } from '../../marbles/recording.js';
import { recordStream, toMarbles } from '../../marbles/to-marbles.js';
import type { StreamChunk } from '../core/chunk.js';
import { ValidationError } from '../core/errors.js';
import { codeOf } from './error-text.js';

/** The marble diagram of a run. */
export interface Picture {
  /** Records the stream that passes. */
  readonly record: MonoTypeOperatorFunction<StreamChunk>;
  /** Draws what was recorded: a run that failed or was stopped as far as it went. */
  save(): Promise<void>;
}

/** A diagram has its title on a few lines. */
const maxTitleLength = 120;

/**
 * Makes the file at once, so that a path that cannot be written costs no answer.
 *
 * @throws {ValidationError} the file cannot be written.
 */
export async function openPicture(file: string, title: string): Promise<Picture> {
  await writing(file, async () => {
    // To append, so that an older picture stays until there is a new one.
    await using _ = await open(file, 'a');
  });
  let recording: MarbleRecording | undefined;
  return {
    record: recordStream((ended) => (recording = ended), { title: shorten(title) }),
    save: async () => {
      const ended = recording;
      if (ended !== undefined) await writing(file, () => writeFile(file, toMarbles(ended).svg));
    },
  };
}

function shorten(title: string): string {
  const line = title.replace(/\s+/g, ' ').trim();
  return line.length <= maxTitleLength ? line : `${line.slice(0, maxTitleLength)}…`;
}

async function writing(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new ValidationError(`Cannot write the picture to ${file}: ${whyNot(codeOf(error))}. Give another path to --marbles.`, { cause: error });
  }
}

function whyNot(code: unknown): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such folder';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOTDIR':
      return 'a part of the path is a file';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'writing there is not allowed';
    default:
      return `it cannot be written (${String(code)})`;
  }
}
