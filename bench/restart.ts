/**
 * Question: how long does a start take, checks and all, beside the least that any program would need? The store is filled
 * with pairs of 36-character keys and values, 500 a put, and not compacted; the same pairs lie in a file of
 * newline-delimited JSON, which a plain script reads line by line into a Map of `{value, version}`. Both run in processes of
 * their own, taking turns.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { engineSettings, openEngine } from './support/engine.ts';
import { describeMachine, isSmoke, median, parameter, text36 } from './support/parameters.ts';

const keys = parameter('keys', { smoke: 2_000, full: 1_000_000 });
const rounds = parameter('rounds', { smoke: 1, full: 5 });
const OPERATIONS_A_PUT = 500;

interface Loaded {
  readonly ms: number;
  readonly keys: number;
  readonly heapBytes: number;
}

const [mode, target] = process.argv.slice(2).filter((argument) => argument !== '--smoke');
if (mode === 'store') print(await loadStore(target!));
else if (mode === 'script') print(await loadLines(target!));
else await compare();

async function compare(): Promise<void> {
  const directory = fs.mkdtempSync(path.join(tmpdir(), 'concave-bench-'));
  const dataDir = path.join(directory, 'data');
  const lines = path.join(directory, 'pairs.ndjson');
  try {
    await fill(dataDir, lines);
    console.log(describeMachine());
    console.log(`${keys} keys and values of 36 characters, ${rounds} rounds, taking turns`);
    await inProcess('script', lines);
    await inProcess('store', dataDir);
    const ratios: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const script = await inProcess('script', lines);
      const store = await inProcess('store', dataDir);
      ratios.push(store.ms / script.ms);
      const each = ({ ms, heapBytes }: Loaded) =>
        `${Math.round(ms)} ms, ${Math.round(heapBytes / keys)} heap bytes a key`;
      console.log(`round ${round}: concave ${each(store)}; script ${each(script)}; ratio ${ratios.at(-1)!.toFixed(2)}`);
    }
    console.log(`restart: ${median(ratios).toFixed(2)} × the time of the plain script (median of ${rounds})`);
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

async function fill(dataDir: string, lines: string): Promise<void> {
  const store = await openEngine({ ...engineSettings(dataDir), maxBlocks: 1000 });
  const out = fs.createWriteStream(lines);
  for (let first = 0; first < keys; first += OPERATIONS_A_PUT) {
    const operations = Array.from({ length: OPERATIONS_A_PUT }, (_, index) => {
      const text = text36(first + index);
      return { key: text, value: text.split('').reverse().join(''), version: 0 };
    });
    const { code } = await store.put(operations);
    if (code !== 'COMMITTED') throw new Error(code);
    const ready = out.write(
      operations.map(({ key, value }) => `${JSON.stringify({ key, value, version: 1 })}\n`).join(''),
    );
    if (!ready) await new Promise((resolve) => out.once('drain', () => resolve(undefined)));
  }
  await store.close();
  await new Promise((resolve) => out.end(() => resolve(undefined)));
}

async function inProcess(mode: 'store' | 'script', target: string): Promise<Loaded> {
  const args = ['--expose-gc', fileURLToPath(import.meta.url), mode, target, ...(isSmoke ? ['--smoke'] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 120_000 });
  const loaded = JSON.parse(stdout) as Loaded;
  if (loaded.keys !== keys) throw new Error(`${mode} loaded ${loaded.keys} of ${keys} keys`);
  return loaded;
}

async function loadStore(dataDir: string): Promise<Loaded> {
  const started = performance.now();
  const store = await openEngine({ ...engineSettings(dataDir), maxBlocks: 1000 });
  const ms = performance.now() - started;
  const loaded = { ms, keys: store.recovered.keys, heapBytes: heapBytes() };
  await store.close();
  return loaded;
}

async function loadLines(file: string): Promise<Loaded> {
  const started = performance.now();
  const pairs = new Map<string, { value: unknown; version: number }>();
  for await (const line of readline.createInterface({ input: fs.createReadStream(file) })) {
    const { key, value, version } = JSON.parse(line) as { key: string; value: unknown; version: number };
    pairs.set(key, { value, version });
  }
  return { ms: performance.now() - started, keys: pairs.size, heapBytes: heapBytes() };
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function print(loaded: Loaded): void {
  process.stdout.write(JSON.stringify(loaded));
}
