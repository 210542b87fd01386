/** A part of the page. It makes its elements once, and is then told of moments. */
import type { Moment } from './view-state.ts';

export interface Part {
  /** While frames come by themselves, it is told no more often than this: nobody reads a list that changes ten times a second. */
  readonly everyMs: number;
  update(moment: Moment | undefined): void;
}
