/** What every table is given. */
export interface BenchContext {
  /** Of the bench server. */
  readonly url: string;
  /** Fewer chunks and rounds: for a look, not for a figure. */
  readonly quick: boolean;
  readonly rounds: number;
}
