import type { BodySource } from '../providers/wire/body-source.js';

/** A body as the stages of this transport hand it on. */
export interface NodeBody extends BodySource {
  /** Whether somebody reads it, or has. */
  readonly started: boolean;
  /** `done` is called when the connection is free again or destroyed. */
  drain(graceMs: number, done?: () => void): void;
}

/** How long a body that nobody wants is read before its connection is given up. */
export const drainGraceMs = 250;
