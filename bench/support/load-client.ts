/**
 * A load generator as a process of its own: raw sockets, each with one request under way, request bytes made by hand and
 * replies read just far enough to count them. It prints one line of JSON with what it saw.
 *
 *     node load-client.ts '{"port":8080,"kind":"put","connections":256,"seconds":2,"name":"a","keys":1000}'
 */
import net from 'node:net';
import { text36 } from './parameters.ts';

export interface LoadOptions {
  readonly port: number;
  /**
   * `put`: each connection writes keys of its own in turn, over and over; `get`: reads one of the same keys; `batch`: writes
   * `batchSize` of them in one request, each in a put of its own.
   */
  readonly kind: 'put' | 'get' | 'batch';
  /** At most as many as each connection has keys. */
  readonly batchSize?: number;
  readonly connections: number;
  readonly seconds: number;
  /** Keys begin with it: 8 characters. Puts of the same name must not be run twice: they would be stale. */
  readonly name: string;
  /** All keys together; the same number for each connection, and at least one. */
  readonly keys: number;
  /** Goes on beyond `seconds` until each of the keys has been asked for once. */
  readonly all?: boolean;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Of this process: at 1 the client was the limit, not the server. */
  readonly clientCpuShare: number;
  /** Of a batch, those of its puts. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const CONTENT_LENGTH = Buffer.from('content-length: ');
const STATUS = Buffer.from('{"status":');

async function run(options: LoadOptions): Promise<LoadResult> {
  const { connections, seconds } = options;
  const statuses: Record<string, number> = {};
  const latencies: number[] = [];
  let requests = 0;
  let isOver = false;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const timer = setTimeout(() => {
    isOver = true;
  }, seconds * 1000);

  const oneConnection = (connection: number) =>
    new Promise<void>((resolve, reject) => {
      let sent = 0;
      const socket = net.connect({ port: options.port, host: '127.0.0.1', noDelay: true });
      let sentAt = 0;
      let pending: Buffer | undefined;
      const send = () => {
        if (isOver && (!options.all || sent >= ownKeysOf(options))) return void socket.end();
        sentAt = performance.now();
        socket.write(requestBytes(options, connection, sent++), 'latin1');
      };
      socket.on('connect', send);
      socket.on('data', (chunk: Buffer) => {
        const bytes = pending ? Buffer.concat([pending, chunk]) : chunk;
        const length = replyLength(bytes);
        if (length === undefined || bytes.length < length) {
          pending = bytes;
          return;
        }
        pending = undefined;
        countStatuses(bytes, options.kind, statuses);
        requests += 1;
        latencies.push(performance.now() - sentAt);
        send();
      });
      socket.on('error', reject);
      socket.on('close', () => resolve());
    });
  await Promise.all(Array.from({ length: connections }, (_, connection) => oneConnection(connection)));

  clearTimeout(timer);
  const took = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  const clientCpuShare = (user + system) / 1e6 / took;
  return { requests, seconds: took, clientCpuShare, statuses, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function ownKeysOf({ keys, connections }: LoadOptions): number {
  return Math.max(1, Math.floor(keys / connections));
}

function requestBytes(options: LoadOptions, connection: number, sent: number): string {
  const { port, kind, name, batchSize = 1 } = options;
  const ownKeys = ownKeysOf(options);
  const keyOf = (number: number) => name + text36(connection * ownKeys + (number % ownKeys)).slice(8);
  if (kind === 'get') return `GET /v1/get?key=${keyOf(sent)} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
  const putOf = (number: number) => {
    const key = keyOf(number);
    return `[{"key":"${key}","value":"${key}","version":${Math.floor(number / ownKeys)}}]`;
  };
  const body = kind === 'put' ? putOf(sent) : batchOf(batchSize, (index) => putOf(sent * batchSize + index));
  return `POST /v1/${kind} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function batchOf(size: number, put: (index: number) => string): string {
  return `[${Array.from({ length: size }, (_, index) => `{"put":${put(index)}}`).join(',')}]`;
}

/** `bytes` is a whole reply. */
function countStatuses(bytes: Buffer, kind: LoadOptions['kind'], statuses: Record<string, number>): void {
  const count = (at: number) => {
    const status = bytes.toString('latin1', at, at + 3);
    statuses[status] = (statuses[status] ?? 0) + 1;
    return status;
  };
  const whole = count(9);
  if (kind !== 'batch' || whole !== '200') return;
  statuses[whole]! -= 1;
  for (let at = bytes.indexOf(STATUS); at >= 0; at = bytes.indexOf(STATUS, at)) {
    at += STATUS.length;
    count(at);
  }
}

/** Bytes of the reply at the start of `bytes`, `undefined` while its head is not whole. */
export function replyLength(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf(END_OF_HEAD);
  if (headEnd < 0) return undefined;
  const at = bytes.indexOf(CONTENT_LENGTH);
  const start = at >= 0 ? at : bytes.indexOf('Content-Length: ');
  const length =
    start < 0 ? 0 : Number.parseInt(bytes.toString('latin1', start + CONTENT_LENGTH.length, start + 28), 10);
  return headEnd + END_OF_HEAD.length + length;
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await run(JSON.parse(process.argv[2] ?? '')))}\n`);
