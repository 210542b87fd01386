/**
 * The keys that most puts are about, who won and who lost on each, and who wrote it last. Plain data, bounded: of very many
 * keys it keeps those that come again and again.
 */

/** How a put ended for one of its keys. */
export type KeyEnd = 'wins' | 'stale' | 'inFlight';

export interface HotKeyCounts {
  readonly key: string;
  readonly wins: number;
  readonly stale: number;
  readonly inFlight: number;
}

export interface Writer {
  readonly id: string;
  readonly version: number;
  readonly atMs: number;
}

interface Entry {
  wins: number;
  stale: number;
  inFlight: number;
  writer: Writer | undefined;
}

const KEPT = 512;
/** Let in before the coldest are dropped again, so that dropping costs little for each. */
const KEPT_BETWEEN = 4 * KEPT;

const HALF_LIFE_MS = 60_000;
const FADE_INTERVAL_MS = 5000;

export class HotKeys {
  // Made anew when the coldest are dropped, and never deleted from: see docs/decisions/churned-maps.md.
  #entries = new Map<string, Entry>();
  #fadedMs: number;

  constructor(nowMs: number) {
    this.#fadedMs = nowMs;
  }

  count(key: string, end: KeyEnd): void {
    this.#entry(key)[end] += 1;
  }

  written(key: string, writer: Writer): void {
    const entry = this.#entry(key);
    entry.wins += 1;
    entry.writer = writer;
  }

  /** Who wrote that version of the key, if that was seen and nobody has written it since. */
  writerOf(key: string, version: number): Writer | undefined {
    const writer = this.#entries.get(key)?.writer;
    return writer?.version === version ? writer : undefined;
  }

  /** Most puts first. */
  hottest(count: number, nowMs: number): readonly HotKeyCounts[] {
    this.#fade(nowMs);
    return this.#byHeat()
      .slice(0, count)
      .filter(([, entry]) => heat(entry) >= 0.5)
      .map(([key, { wins, stale, inFlight }]) => {
        return { key, wins: Math.round(wins), stale: Math.round(stale), inFlight: Math.round(inFlight) };
      });
  }

  #entry(key: string): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    if (this.#entries.size >= KEPT_BETWEEN) this.#entries = new Map(this.#byHeat().slice(0, KEPT));
    const entry: Entry = { wins: 0, stale: 0, inFlight: 0, writer: undefined };
    this.#entries.set(key, entry);
    return entry;
  }

  #byHeat(): [key: string, entry: Entry][] {
    return [...this.#entries].sort(([, one], [, other]) => heat(other) - heat(one));
  }

  #fade(nowMs: number): void {
    const passedMs = nowMs - this.#fadedMs;
    if (passedMs < FADE_INTERVAL_MS) return;
    this.#fadedMs = nowMs;
    const factor = 0.5 ** (passedMs / HALF_LIFE_MS);
    for (const entry of this.#entries.values()) {
      entry.wins *= factor;
      entry.stale *= factor;
      entry.inFlight *= factor;
    }
  }
}

function heat({ wins, stale, inFlight }: Entry): number {
  return wins + stale + inFlight;
}
