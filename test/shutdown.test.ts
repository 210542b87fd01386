import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ServingHere } from '../src/http/serving.ts';
import { deadlines, Shutdown } from '../src/shutdown.ts';

// The deadlines run on simulated time, the sockets are real.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

test('S30: a signal drains the store, then closes HTTP, then the store, and exits 0', async () => {
  const { shutdown, steps, ended } = await running();
  shutdown.onSignal('SIGTERM');
  expect(await ended).toBe(0);
  expect(steps).toEqual(['drain', 'connections closed', 'store closed', 'exit 0']);
});

test('S30: nobody can connect any more while the store drains', async () => {
  const { shutdown, port, store } = await running();
  store.drain.mockReturnValue(new Promise(() => {}));
  shutdown.onSignal('SIGTERM');
  const socket = connect(port, '127.0.0.1');
  const [error] = await once(socket, 'error');
  expect(error.code).toBe('ECONNREFUSED');
});

test('S30: a put that waits for the disk gets its reply, though its connection is kept alive', async () => {
  const disk = Promise.withResolvers<void>();
  const { shutdown, port, store, ended, arrived } = await running(async (_, response) => {
    await disk.promise;
    response.end('stored');
  });
  store.drain.mockReturnValue(disk.promise);
  const client = await Client.connect(port);
  client.send('POST /put HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');
  await arrived(1);
  shutdown.onSignal('SIGTERM');
  disk.resolve();
  expect(await client.received()).toContain('stored');
  expect(await ended).toBe(0);
});

test('S30: a client that does not read is cut off a second after the puts are answered', async () => {
  const { shutdown, port, ended, arrived, steps } = await running((_, response) => response.end('x'.repeat(64 << 20)));
  const client = await Client.connect(port);
  client.socket.pause();
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await arrived(1);
  shutdown.onSignal('SIGTERM');
  await vi.advanceTimersByTimeAsync(deadlines.reading - 1);
  expect(steps).toEqual(['drain', 'connections closed']);
  await vi.advanceTimersByTimeAsync(1);
  expect(await ended).toBe(0);
  client.socket.resume();
  expect((await client.received()).length).toBeLessThan(64 << 20);
});

test('S30: puts that are answered late leave their clients less time: all are gone in 5 s', async () => {
  const disk = Promise.withResolvers<void>();
  const { shutdown, port, store, ended, arrived, steps } = await running(() => {});
  store.drain.mockReturnValue(disk.promise);
  const client = await Client.connect(port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await arrived(1);
  shutdown.onSignal('SIGTERM');
  await vi.advanceTimersByTimeAsync(deadlines.drained - 1);
  disk.resolve();
  await vi.advanceTimersByTimeAsync(deadlines.disconnected - deadlines.drained);
  expect(steps).toEqual(['connections closed']);
  await vi.advanceTimersByTimeAsync(1);
  expect(await ended).toBe(0);
});

test('S30: where the disk hangs, the waiting puts are told at 4.5 s, and the exit code is 74', async () => {
  const { shutdown, port, store, ended, arrived, steps } = await running(async (_, response) => {
    await abandoned.promise;
    response.end('outcome unknown');
  });
  const abandoned = Promise.withResolvers<void>();
  store.drain.mockReturnValue(new Promise(() => {}));
  store.abandonPuts.mockImplementation(() => abandoned.resolve());
  const client = await Client.connect(port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await arrived(1);
  shutdown.onSignal('SIGTERM');
  await vi.advanceTimersByTimeAsync(deadlines.drained - 1);
  expect(store.abandonPuts).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(await client.received()).toContain('outcome unknown');
  expect(await ended).toBe(74);
  expect(steps).toEqual(['connections closed', 'exit 74']);
});

test('S30: where the last block cannot be sealed, the process is gone 5 s after the signal, with 74', async () => {
  const { shutdown, store, ended, steps } = await running();
  const sealing = Promise.withResolvers<void>();
  store.close.mockImplementation(() => {
    sealing.resolve();
    return new Promise(() => {});
  });
  shutdown.onSignal('SIGTERM');
  await sealing.promise;
  await vi.advanceTimersByTimeAsync(deadlines.gone - 1);
  expect(steps).not.toContain('exit 74');
  await vi.advanceTimersByTimeAsync(1);
  expect(await ended).toBe(74);
});

test('S30: a second signal counts from one second after the first', async () => {
  const { shutdown, store, steps } = await running();
  store.drain.mockReturnValue(new Promise(() => {}));
  shutdown.onSignal('SIGINT');
  shutdown.onSignal('SIGINT');
  await vi.advanceTimersByTimeAsync(deadlines.secondSignal - 1);
  shutdown.onSignal('SIGTERM');
  expect(steps).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  shutdown.onSignal('SIGTERM');
  expect(steps).toEqual(['die of SIGTERM']);
  expect(store.drain).toHaveBeenCalledOnce();
});

test('a signal before anything runs ends the process at once', () => {
  const { shutdown, steps } = fresh();
  shutdown.onSignal('SIGTERM');
  expect(steps).toEqual(['exit 0']);
});

test('S7: after a failed sync replies in hand are sent, the store is left alone, and the exit code is 74', async () => {
  const failed = Promise.withResolvers<void>();
  const { shutdown, port, ended, arrived, steps, told, store } = await running(async (_, response) => {
    await failed.promise;
    response.end('outcome unknown');
  });
  const client = await Client.connect(port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await arrived(1);
  failed.resolve();
  shutdown.onHalt(new Error('EIO: i/o error, write'));
  expect(await client.received()).toContain('outcome unknown');
  expect(await ended).toBe(74);
  expect(steps).toEqual(['connections closed', 'exit 74']);
  expect(store.close).not.toHaveBeenCalled();
  expect(told).toEqual(['the disk failed, the server stops: EIO: i/o error, write']);
});

test('S7: a failed sync waits at most a second for clients', async () => {
  const { shutdown, port, ended, arrived, steps } = await running(() => {});
  const client = await Client.connect(port);
  client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await arrived(1);
  shutdown.onHalt(new Error('EIO'));
  await vi.advanceTimersByTimeAsync(deadlines.reading - 1);
  expect(steps).toEqual(['connections closed']);
  await vi.advanceTimersByTimeAsync(1);
  expect(await ended).toBe(74);
});

test('S7: a sync that fails during the drain ends it: nothing more is written, exit 74', async () => {
  const drained = Promise.withResolvers<void>();
  const { shutdown, store, ended, steps } = await running();
  store.drain.mockReturnValue(drained.promise);
  shutdown.onSignal('SIGTERM');
  shutdown.onHalt(new Error('EIO'));
  drained.resolve();
  expect(await ended).toBe(74);
  await vi.advanceTimersByTimeAsync(deadlines.gone);
  expect(steps).toEqual(['connections closed', 'exit 74']);
});

test('S7: a disk that fails while the last block is sealed: exit 74', async () => {
  const { shutdown, store, ended, told } = await running();
  store.close.mockRejectedValue(new Error('EIO'));
  shutdown.onSignal('SIGTERM');
  expect(await ended).toBe(74);
  expect(told).toEqual(['the disk failed, the server stops: EIO']);
});

test('S7: a sync that fails before HTTP is there exits at once', () => {
  const { shutdown, steps } = fresh();
  shutdown.onHalt(new Error('EIO'));
  expect(steps).toEqual(['exit 74']);
});

test('S32: a bug ends the process in the same turn with 70, and is told in one line', () => {
  const { shutdown, steps, told } = fresh();
  shutdown.onBug(new Error('two holders'));
  expect(steps).toEqual(['exit 70']);
  expect(told).toEqual(['a bug, the server stops: two holders']);
});

test('S32: a drain that rejects is a bug', async () => {
  const { shutdown, store, ended } = await running();
  store.drain.mockRejectedValue(new Error('no such state'));
  shutdown.onSignal('SIGTERM');
  expect(await ended).toBe(70);
});

function fresh() {
  const steps: string[] = [];
  const told: string[] = [];
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const shutdown = new Shutdown({
    log: pino({ level: 'silent' }),
    tell: (line) => told.push(line),
    exit(code) {
      steps.push(`exit ${code}`);
      end(code);
    },
    dieOf: (signal) => steps.push(`die of ${signal}`),
  });
  return { shutdown, steps, told, ended };
}

/** A server that listens, over a store whose steps are recorded; closed when the test ends. */
async function running(handler: RequestListener = (_, response) => response.end('ok')) {
  const { shutdown, steps, told, ended } = fresh();
  const server = createServer();
  let requests = 0;
  const connected = new Set<{ readonly socket: Socket; reply?: ServerResponse }>();
  server.on('connection', (socket) => connected.add({ socket }));
  server.on('request', (request, response) => {
    requests++;
    for (const connection of connected) if (connection.socket === request.socket) connection.reply = response;
    return handler(request, response);
  });
  const step = (name: string) => vi.fn(async (): Promise<void> => void steps.push(name));
  const store = { drain: step('drain'), abandonPuts: vi.fn(), close: step('store closed') };
  const closeConnections = async () => {
    steps.push('connections closed');
    for (const { socket, reply } of connected) {
      if (reply === undefined || reply.closed) socket.destroySoon();
      else reply.once('close', () => socket.destroySoon());
    }
  };
  shutdown.watch({ http: new ServingHere(server, closeConnections), store });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  /** That many requests have come in. */
  const arrived = async (count: number) => {
    while (requests < count) await once(server, 'request');
  };
  return { shutdown, steps, told, ended, server, store, port, arrived };
}

class Client {
  readonly socket: Socket;
  readonly #received: Promise<string>;

  private constructor(socket: Socket) {
    this.socket = socket;
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A server that cuts the connection may do so by a reset.
    socket.on('error', () => {});
    this.#received = new Promise((resolve) => {
      socket.once('close', () => resolve(Buffer.concat(chunks).toString()));
    });
    onTestFinished(() => void socket.destroy());
  }

  /** With a `server` given, resolves when that has accepted the connection. */
  static async connect(port: number, server?: Server): Promise<Client> {
    const accepted = server && once(server, 'connection');
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    await accepted;
    return new Client(socket);
  }

  send(bytes: string): void {
    this.socket.write(bytes);
  }

  /** All that came until the connection was closed. */
  received(): Promise<string> {
    return this.#received;
  }
}
