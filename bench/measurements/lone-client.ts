/** Does a lone client wait for one sync, or for something else as well? */
import { closeSync, constants, openSync, write, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Measurement, Section } from '../measurement.ts';
import { median, quantile } from '../report/statistics.ts';
import { number, times } from '../report/words.ts';
import { startConcave, startProgram } from '../servers/start.ts';
import { withServers } from '../servers/with-servers.ts';
import { connectAll } from '../support/connect-all.ts';
import { figure, type Round, takeTurn } from '../support/rounds.ts';

const PAGE_BYTES = 4096;
/** Of what a put takes beyond a bare POST, in writes. */
const WANTED = 1.3;

interface Latencies {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Data {
  /** Neighbours in time have the same index. */
  readonly writes: readonly Latencies[];
  readonly posts: readonly Round[];
  readonly writingPosts: readonly Round[];
  readonly puts: readonly Round[];
}

export const loneClient: Measurement<Data> = {
  name: 'lone-client',
  title: 'A lone client',
  seconds: 30,
  measure({ directory, client, size }) {
    const run = { seconds: size({ smoke: 0.1, full: 2 }) };
    const writeCount = size({ smoke: 20, full: 2000 });
    const starts = {
      post: () => startProgram('floor-server'),
      writingPost: () => startProgram('writing-server', `${directory}/written`),
      put: () => startConcave(`${directory}/data`),
    };
    return withServers(starts, async (servers) => {
      const workload = { kind: 'put', name: 'lonely00', keys: 1000 } as const;
      const { post, writingPost, put } = await connectAll(client, servers, { connections: 1, workload });
      // Lets all three be compiled.
      for (const contestant of [post, writingPost, put]) await takeTurn(contestant, run);
      const [writes, posts, writingPosts, puts]: [Latencies[], Round[], Round[], Round[]] = [[], [], [], []];
      for (let round = 0; round < size({ smoke: 1, full: 5 }); round += 1) {
        writes.push(await bareWrites(`${directory}/bare`, writeCount));
        posts.push(await takeTurn(post, run));
        writingPosts.push(await takeTurn(writingPost, run));
        puts.push(await takeTurn(put, run));
      }
      return { writes, posts, writingPosts, puts };
    });
  },
  report({ writes, posts, writingPosts, puts }): Section {
    const beyond = (all: readonly Latencies[]) =>
      median(all.map(({ p50Ms }, at) => (p50Ms - posts[at]!.p50Ms) / writes[at]!.p50Ms));
    const row = (what: string, all: readonly Latencies[]) => [
      what,
      number(median(all.map(({ p50Ms }) => p50Ms))),
      number(median(all.map(({ p99Ms }) => p99Ms))),
    ];
    return {
      about:
        'One connection puts one object at a time. Beside it: the same POST at the bare Fastify server, and 4 KiB written with `O_DSYNC` into space that was written before, by the same thread pool on the same file system, one right after the other; and the same POST at a bare Fastify server that makes that write before it answers, which is what a durable put takes at least.',
      tables: [
        {
          columns: ['one at a time', 'p50 ms', 'p99 ms'],
          rows: [
            row('write of 4 KiB, O_DSYNC', writes),
            row('POST, bare Fastify', posts),
            row('POST, bare Fastify that writes 4 KiB, O_DSYNC', writingPosts),
            row('put, concave', puts),
          ],
        },
      ],
      findings: [
        {
          what: 'p50 of a put of a lone client',
          wanted: `a bare POST and ${WANTED} × a synchronous 4 KiB write`,
          shown: `a bare POST and ${times(beyond(puts))} the write`,
          isMet: beyond(puts) <= WANTED,
          isHeadline: true,
        },
        {
          what: 'p50 of a POST of a lone client at a bare server that writes before it answers',
          shown: `a bare POST and ${times(beyond(writingPosts))} the write`,
        },
      ],
    };
  },
};

async function bareWrites(file: string, count: number): Promise<Latencies> {
  writeFileSync(file, Buffer.alloc(count * PAGE_BYTES), { flush: true });
  const descriptor = openSync(file, constants.O_RDWR | constants.O_DSYNC);
  const page = Buffer.alloc(PAGE_BYTES, 'x');
  const latenciesMs: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const startedMs = performance.now();
    await promisify(write)(descriptor, page, 0, PAGE_BYTES, index * PAGE_BYTES);
    latenciesMs.push(performance.now() - startedMs);
  }
  closeSync(descriptor);
  return { p50Ms: figure(quantile(latenciesMs, 0.5)), p99Ms: figure(quantile(latenciesMs, 0.99)) };
}
