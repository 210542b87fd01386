/** What a measurement is: one question, answered by plain data, and a section of the page made of that data alone. */
import type { LoadClient } from './load/load-client.ts';

export interface Measurement<Data = unknown> {
  /** Words joined by hyphens; names its section, its data and its plots. */
  readonly name: string;
  readonly title: string;
  /** How long it takes in full, about. */
  readonly seconds: number;
  measure(bench: Bench): Promise<Data>;
  /** Pure: `data` may be of an earlier run, read back from JSON. */
  report(data: Data): Section;
}

/** What the runner hands to each measurement. */
export interface Bench {
  /** An empty one, on the file system that is measured. */
  readonly directory: string;
  readonly client: LoadClient;
  /** The smallest that still shows that a measurement works, or what gives figures. */
  size<T>(sizes: { readonly smoke: T; readonly full: T }): T;
}

export interface Section {
  /** What was done, in a few sentences of Markdown. */
  readonly about: string;
  readonly tables: readonly Table[];
  readonly plots?: readonly Plot[];
  readonly findings?: readonly Finding[];
}

export interface Table {
  readonly columns: readonly string[];
  /** As many cells as columns. */
  readonly rows: readonly (readonly string[])[];
}

/** A picture beside the page. */
export interface Plot {
  /** Words joined by hyphens, unique in the whole page. */
  readonly name: string;
  /** What the picture shows, for those who do not see it. */
  readonly alt: string;
  readonly svg: string;
}

/** One figure that the section comes down to. */
export interface Finding {
  readonly what: string;
  readonly shown: string;
  /** What it was to be, and whether it is; both or neither. */
  readonly wanted?: string;
  readonly isMet?: boolean;
  /** Among those that the README shows. */
  readonly isHeadline?: boolean;
}
