/**
 * Question: how many bytes reach the disk for each byte of key and value? Puts of 36 + 964 characters, uniform over the
 * keys, 500 a request, from 16 clients at once, counted at the file-system contract: records and their frames, padding of
 * batches, zeros that prepare blocks, headers and footers, and what compaction writes.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CountedBytes, countingPlatform } from './support/counting-platform.ts';
import { engineSettings, openEngine } from './support/engine.ts';
import { describeMachine, parameter, seededRandom, table, text36 } from './support/parameters.ts';

const puts = parameter('puts', { smoke: 2_000, full: 1_000_000 });
const keys = parameter('keys', { smoke: 1_000, full: 100_000 });
const clients = parameter('clients', { smoke: 2, full: 16 });
const OPERATIONS_A_REQUEST = 500;
const VALUE_CHARACTERS = 964;

const directory = fs.mkdtempSync(path.join(tmpdir(), 'concave-bench-'));
try {
  console.log(describeMachine());
  const { platform, counted, compaction } = countingPlatform();
  const settings = engineSettings(path.join(directory, 'data'));
  const store = await openEngine(settings, platform, compaction);
  const random = seededRandom(1);
  let requested = 0;
  let conflicts = 0;
  let userBytes = 0;
  const started = performance.now();

  const client = async () => {
    while (requested < puts) {
      const operations = chooseOperations();
      requested += operations.length;
      for (;;) {
        const outcome = await store.put(
          operations.map(({ key, value }) => ({ key, value, version: store.get(key)?.version ?? 0 })),
        );
        if (outcome.code === 'COMMITTED') break;
        if (outcome.code !== 'KEY_IN_FLIGHT' && outcome.code !== 'STALE_VERSION')
          throw new Error(JSON.stringify(outcome));
        conflicts += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
      for (const { key, value } of operations) userBytes += key.length + value.length;
    }
  };
  function chooseOperations(): { key: string; value: string }[] {
    const chosen = new Set<number>();
    while (chosen.size < OPERATIONS_A_REQUEST) chosen.add(Math.floor(random() * keys));
    return [...chosen].map((number) => ({ key: text36(number), value: `${requested}`.padEnd(VALUE_CHARACTERS, 'x') }));
  }
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - started) / 1000;
  await store.close();
  report(counted, userBytes);
  console.log(
    `${requested} puts in requests of ${OPERATIONS_A_REQUEST} from ${clients} clients in ${seconds.toFixed(1)} s; ${conflicts} requests were refused for a conflict and tried again`,
  );
} finally {
  fs.rmSync(directory, { recursive: true, force: true });
}

function report(counted: CountedBytes, userBytes: number): void {
  const entries: [string, number][] = [['keys and values', userBytes], ...Object.entries(counted)];
  const total = Object.values(counted).reduce((sum, bytes) => sum + bytes, 0);
  const rows = [...entries, ['written in all', total] as const].map(([what, bytes]) => ({
    what,
    MB: (bytes / 1e6).toFixed(1),
    'per byte of key and value': (bytes / userBytes).toFixed(3),
  }));
  console.log(table(rows));
}
