/** The log by key and version. Making it checks that seqs are dense and versions follow each other. */
import type { LoggedTransaction } from './history.ts';
import { quote, VIOLATIONS_MAX, type Violation } from './violation.ts';

export class LogIndex {
  readonly violations: Violation[] = [];
  readonly lastSeq: number;
  /** For each key, seq and value by version − 1. */
  readonly #versions = new Map<string, { readonly seqs: number[]; readonly values: string[] }>();

  constructor(log: readonly LoggedTransaction[]) {
    this.lastSeq = log.length;
    for (let at = 0; at < log.length && this.violations.length < VIOLATIONS_MAX; at += 1) this.#take(log[at]!, at + 1);
  }

  /** The transaction that made the version; `undefined` if there is none. Version 0 was there before transaction 1. */
  seqOf(key: string, version: number): number | undefined {
    return version === 0 ? 0 : this.#versions.get(key)?.seqs[version - 1];
  }

  valueOf(key: string, version: number): string | undefined {
    return this.#versions.get(key)?.values[version - 1];
  }

  #take({ seq, writes }: LoggedTransaction, expectedSeq: number): void {
    if (seq !== expectedSeq)
      this.#report('log-order', `transaction ${seq} stands in the place of transaction ${expectedSeq}`, []);
    for (const { key, version, value } of writes) {
      let versions = this.#versions.get(key);
      if (!versions) {
        versions = { seqs: [], values: [] };
        this.#versions.set(key, versions);
      }
      const last = versions.seqs.length;
      if (version !== last + 1)
        this.#report('log-version', `transaction ${seq} makes version ${version} of ${quote(key)} after ${last}`, [
          key,
        ]);
      versions.seqs.push(expectedSeq);
      versions.values.push(value);
    }
  }

  #report(rule: 'log-order' | 'log-version', message: string, keys: readonly string[]): void {
    this.violations.push({ rule, message, operations: [], keys });
  }
}
