/**
 * Question: does a lone client wait for one sync, or for something else as well? One connection puts one key at a time; in
 * between, the same number of bare 4 KiB writes goes through `O_DSYNC` into preallocated space of the same file system.
 */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describeMachine, median, parameter, quantile } from './support/parameters.ts';
import { runLoad, startConcave } from './support/processes.ts';

const rounds = parameter('rounds', { smoke: 1, full: 7 });
const seconds = parameter('seconds', { smoke: 0.2, full: 2 });
const bareWrites = parameter('bareWrites', { smoke: 50, full: 2000 });
const PAGE_BYTES = 4096;

const directory = fs.mkdtempSync(path.join(tmpdir(), 'concave-bench-'));
const server = await startConcave(path.join(directory, 'data'));
try {
  console.log(describeMachine());
  console.log(`one client, ${rounds} rounds of ${seconds} s of puts and ${bareWrites} bare writes, taking turns`);
  await putRound('warm-up0');
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bare = await bareRound();
    const put = await putRound(`r${round}-00000`.slice(0, 8));
    ratios.push(put.p50Ms / bare.p50Ms);
    console.log(
      `round ${round + 1}: put p50 ${put.p50Ms.toFixed(3)} ms, p99 ${put.p99Ms.toFixed(3)} ms; ` +
        `bare O_DSYNC write p50 ${bare.p50Ms.toFixed(3)} ms, p99 ${bare.p99Ms.toFixed(3)} ms; ratio of p50 ${ratios.at(-1)!.toFixed(2)}`,
    );
  }
  console.log(`lone client: p50 of a put is ${median(ratios).toFixed(2)} × that of a bare write (median of ${rounds})`);
} finally {
  await server.stop();
  fs.rmSync(directory, { recursive: true, force: true });
}

function putRound(name: string) {
  return runLoad({ port: server.port, kind: 'put', connections: 1, seconds, name, keys: 1000 });
}

async function bareRound(): Promise<{ p50Ms: number; p99Ms: number }> {
  const file = path.join(directory, 'bare');
  fs.writeFileSync(file, Buffer.alloc(bareWrites * PAGE_BYTES), { flush: true });
  const fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_DSYNC);
  const write = promisify(fs.write) as (
    fd: number,
    bytes: Buffer,
    at: number,
    length: number,
    position: number,
  ) => Promise<unknown>;
  const page = Buffer.alloc(PAGE_BYTES, 'x');
  const latencies: number[] = [];
  for (let index = 0; index < bareWrites; index += 1) {
    const started = performance.now();
    await write(fd, page, 0, PAGE_BYTES, index * PAGE_BYTES);
    latencies.push(performance.now() - started);
  }
  fs.closeSync(fd);
  return { p50Ms: median(latencies), p99Ms: quantile(latencies, 0.99) };
}
