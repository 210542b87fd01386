/** Servers for the length of a piece of work. */
import type { BenchServer } from './bench-server.ts';

/** Starts them all, and stops them however the work ends. */
export async function withServers<Name extends string, Result>(
  starts: Readonly<Record<Name, () => Promise<BenchServer>>>,
  work: (servers: Readonly<Record<Name, BenchServer>>) => Promise<Result>,
): Promise<Result> {
  const names = Object.keys(starts) as Name[];
  const attempts = await Promise.allSettled(names.map((name) => starts[name]()));
  const started = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  try {
    const failed = attempts.find((attempt) => attempt.status === 'rejected');
    if (failed) throw failed.reason;
    return await work(Object.fromEntries(names.map((name, at) => [name, started[at]!])) as Record<Name, BenchServer>);
  } finally {
    await Promise.all(started.map((server) => server.stop()));
  }
}
