/** Every server that is measured, started for it: on a free port of loopback, durable where it writes at all. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BenchServer, freePort, root } from './bench-server.ts';

/** Connections wait for their first request, and between two, while others are measured. */
const PATIENCE = [
  ...['--headers-timeout-ms', '60000'],
  ...['--request-timeout-ms', '600000'],
  ...['--keep-alive-timeout-ms', '600000'],
  // A connection on which nothing moves for longer than that is cut, also where nothing was asked.
  ...['--put-timeout-ms', '300000'],
];

export interface ConcaveOptions {
  /** HTTP is in the thread of the store where there is none. */
  readonly threads?: number;
  readonly flags?: readonly string[];
  readonly onLine?: (line: string) => void;
}

/** With the flags of Node that `npm start` gives it. */
export function startConcave(dataDir: string, options: ConcaveOptions = {}): Promise<BenchServer> {
  const { threads = 1, flags = [], onLine } = options;
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const [, ...command] = scripts.start.replace(/^exec /, '').split(' ');
  const place = ['--data-dir', dataDir, '--listen', '127.0.0.1:0'];
  const level = onLine ? 'info' : 'warn';
  const args = [...command, ...place, '--threads', String(threads), '--log-level', level, ...PATIENCE, ...flags];
  return BenchServer.start({ command: process.execPath, args, portOf: portOfReadyLine, ...(onLine && { onLine }) });
}

/** One of the programs beside this file. They run with the flags of Node that concave runs with. */
export function startProgram(name: string, ...args: readonly string[]): Promise<BenchServer> {
  const program = path.join(import.meta.dirname, `${name}.ts`);
  const flags = ['--no-allocation-site-pretenuring', '--disable-warning=ExperimentalWarning'];
  return BenchServer.start({ command: process.execPath, args: [...flags, program, ...args], portOf: portOfReadyLine });
}

/** Answers a write once it is on stable storage. The directory must exist. */
export async function startRedis(directory: string): Promise<BenchServer> {
  const port = await freePort();
  const durable = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, ...durable];
  const portOf = (line: string) => (line.includes('Ready to accept connections') ? port : undefined);
  return BenchServer.start({ command: 'redis-server', args, portOf });
}

/** One member alone, so that a write waits for its disk and for nobody else. */
export async function startEtcd(directory: string): Promise<BenchServer> {
  const port = await freePort();
  const clients = `http://127.0.0.1:${port}`;
  const peers = `http://127.0.0.1:${await freePort()}`;
  const args = [
    ...['--data-dir', directory, '--logger', 'zap', '--log-level', 'info'],
    ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers, '--initial-cluster', `default=${peers}`],
  ];
  const portOf = (line: string) => (line.includes('serving client traffic insecurely') ? port : undefined);
  return BenchServer.start({ command: 'etcd', args, portOf });
}

function portOfReadyLine(line: string): number | undefined {
  if (!line.startsWith('{')) return undefined;
  const { event, url } = JSON.parse(line) as { event?: string; url?: string };
  return event === 'ready' && url !== undefined ? Number(new URL(url).port) : undefined;
}
