/**
 * Load that goes from server to server every fraction of a second, over connections that stay open. What else happens on the
 * machine comes and goes within seconds, and so hits all of them alike: differences of a few hundredths can be seen.
 */
import net from 'node:net';
import { replyLength } from './load-client.ts';
import { text36 } from './parameters.ts';
import type { BenchServer } from './processes.ts';

export interface AlternatingOptions {
  readonly servers: readonly BenchServer[];
  readonly connections: number;
  readonly sliceMs: number;
  /** Each server gets so many slices, and in each round they come in another order. */
  readonly rounds: number;
  readonly keys: number;
}

export interface Slice {
  readonly puts: number;
  readonly seconds: number;
  readonly cpuMicroseconds: number;
}

/** The slices of each server, by round. Rejects when a put is not answered with success. */
export async function alternate(options: AlternatingOptions): Promise<readonly (readonly Slice[])[]> {
  const clients = await Promise.all(options.servers.map((server) => Clients.connect(server, options)));
  const slices: Slice[][] = clients.map(() => []);
  try {
    for (let round = -1; round < options.rounds; round += 1)
      for (let turn = 0; turn < clients.length; turn += 1) {
        const backwards = round % 2 === 0;
        const index = (round + 1 + (backwards ? clients.length - turn : turn)) % clients.length;
        const slice = await clients[index]!.putFor(options.sliceMs);
        // The first round makes the keys and warms up.
        if (round >= 0) slices[index]!.push(slice);
      }
  } finally {
    for (const client of clients) client.close();
  }
  return slices;
}

class Clients {
  readonly #server: BenchServer;
  readonly #sockets: net.Socket[] = [];
  readonly #keys: number;
  #puts = 0;
  #isOver = true;
  #underWay = 0;
  #rest = Promise.withResolvers<void>();

  static async connect(server: BenchServer, { connections, keys }: AlternatingOptions): Promise<Clients> {
    const clients = new Clients(server, Math.max(1, Math.floor(keys / connections)));
    await Promise.all(Array.from({ length: connections }, (_, index) => clients.#connect(index)));
    return clients;
  }

  private constructor(server: BenchServer, keysOfEach: number) {
    this.#server = server;
    this.#keys = keysOfEach;
  }

  /** Puts on all connections for that long, and waits for the answers that are still out. */
  async putFor(ms: number): Promise<Slice> {
    this.#puts = 0;
    this.#isOver = false;
    this.#rest = Promise.withResolvers();
    const cpuBefore = this.#server.cpuMicroseconds();
    const started = performance.now();
    for (const socket of this.#sockets) socket.emit('go');
    setTimeout(() => {
      this.#isOver = true;
    }, ms);
    await this.#rest.promise;
    const seconds = (performance.now() - started) / 1000;
    return { puts: this.#puts, seconds, cpuMicroseconds: this.#server.cpuMicroseconds() - cpuBefore };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #connect(connection: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = net.connect({ port: this.#server.port, host: '127.0.0.1', noDelay: true });
    this.#sockets.push(socket);
    let sent = 0;
    let pending: Buffer | undefined;
    const put = () => {
      this.#underWay += 1;
      socket.write(
        putText(this.#server.port, connection * this.#keys + (sent % this.#keys), Math.floor(sent / this.#keys)),
      );
      sent += 1;
    };
    socket.on('go', put);
    socket.on('data', (chunk: Buffer) => {
      const bytes = pending ? Buffer.concat([pending, chunk]) : chunk;
      const length = replyLength(bytes);
      pending = length === undefined || bytes.length < length ? bytes : undefined;
      if (pending) return;
      if (!bytes.toString('latin1', 9, 12).startsWith('200')) this.#rest.reject(new Error(bytes.toString('latin1')));
      this.#puts += 1;
      this.#underWay -= 1;
      if (!this.#isOver) put();
      else if (this.#underWay === 0) this.#rest.resolve();
    });
    socket.on('connect', resolve);
    socket.on('error', (error) => {
      reject(error);
      this.#rest.reject(error);
    });
    return promise;
  }
}

function putText(port: number, key: number, version: number): string {
  const body = `[{"key":"${text36(key)}","value":"${text36(key)}","version":${version}}]`;
  return `POST /v1/put HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
