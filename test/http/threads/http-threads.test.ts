/** Several threads serve one port: how they come to it, what the death of one costs, and how they stop. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { DEATHS_MAX } from '../../../src/http/threads/http-threads.ts';
import { canShare } from '../../../src/http/threads/shared-port.ts';
import { exitCodes } from '../../../src/wal/refusal.ts';
import { until } from '../../support/until.ts';
import type { Death } from './support/mortal-thread.ts';
import { ThreadsFixture } from './support/threads-fixture.ts';

/** On every system those must work that it has. */
const doors = [
  { what: 'that share a port', sharesPort: true },
  { what: 'that get sockets handed over', sharesPort: false },
].filter(({ sharesPort }) => !sharesPort || canShare());

describe.each(doors)('threads $what', ({ sharesPort }) => {
  const door = { sharesPort };
  const isFirst = sharesPort === doors[0]!.sharesPort;
  test('serve one store', async () => {
    await using served = await ThreadsFixture.start(door);
    const [first, second] = await served.connectToEach(2);
    first!.send(served.put('k'));
    expect((await first!.reply()).json).toMatchObject({ versions: [1] });
    second!.send(served.get('k'));
    expect((await second!.reply()).json).toMatchObject({ value: 'v', version: 1 });
    second!.send(served.put('k'));
    expect((await second!.reply()).status).toBe(412);
  });

  test('a second server on the port is refused, and the first serves on', async () => {
    await using served = await ThreadsFixture.start(door);
    await using second = new ThreadsFixture(door);
    await expect(second.listen(served.port)).rejects.toMatchObject({
      exitCode: exitCodes.inputOutput,
      message: `cannot listen on 127.0.0.1:${served.port}: EADDRINUSE, another process listens there`,
    });
    for (const client of await served.connectToEach(2)) {
      client.send(served.get('k'));
      expect((await client.reply()).status).toBe(404);
    }
  });

  test('are refused a port on which somebody else listens', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    await using served = new ThreadsFixture(door);
    await expect(served.listen((other.address() as AddressInfo).port)).rejects.toThrow('another process listens there');
    other.close();
  });

  test('N2: more than maxConnections are not accepted, wherever they come', async () => {
    await using served = await ThreadsFixture.start({ ...door, maxConnections: 3 });
    const clients = [await served.connect(), await served.connect(), await served.connect()];
    for (const client of clients) {
      client.send(served.get('k'));
      expect((await client.reply()).status).toBe(404);
    }
    expect(await (await served.connect()).ended()).toBe('');
    clients[0]!.destroy();
    // One that goes makes room.
    await until(async () => {
      const client = await served.connect();
      client.send(served.get('k'));
      return client.reply().then(
        () => true,
        () => false,
      );
    }, 'somebody is let in');
  });

  test('N2: a connection on which nothing comes gets its 408', async () => {
    await using served = await ThreadsFixture.start({ ...door, headersTimeoutMs: 100, requestTimeoutMs: 200 });
    expect((await (await served.connect()).reply()).status).toBe(408);
  });

  test('a client that ends its side still gets its reply', async () => {
    await using served = await ThreadsFixture.start(door);
    const client = await served.connect();
    client.send(served.get('k'));
    client.end();
    expect((await client.reply()).status).toBe(404);
    expect(await client.ended()).toBe('');
  });

  describe('S32: one that dies', () => {
    // What it dies of makes no difference to how clients come.
    test.each<Death>(isFirst ? ['throws', 'rejects', 'exits', 'runs out of memory'] : ['throws'])(
      'takes its own clients with it and no others, and is replaced: it %s',
      async (death) => {
        await using served = await ThreadsFixture.start(door);
        const [first, second] = await served.connectToEach(2);
        served.store.isHolding = true;
        first!.send(served.put('first'));
        second!.send(served.put('second'));
        await served.store.received(2);
        served.kill(0, death);
        expect(await first!.ended()).toBe('');
        const { event, thread } = await served.deaths.first(() => true, 'a line in the log');
        expect([event, thread]).toEqual(['thread_died', 0]);
        served.store.release();
        expect((await second!.reply()).status).toBe(200);
        // The put of the dead one ran to its end, and holds no place any more.
        second!.send(served.get('first'));
        expect((await second!.reply()).json).toMatchObject({ version: 1 });
        expect(served.counts.total('puts')).toBe(0);
        for (const client of await served.connectToEach(2)) {
          client.send(served.put(String(Math.random())));
          expect((await client.reply()).status).toBe(200);
        }
      },
    );

    if (!isFirst) return;
    test('too often ends the process', async () => {
      await using served = await ThreadsFixture.start({ ...door, threads: 1 });
      for (let death = 0; death < DEATHS_MAX; death++) {
        await served.connectToEach(1).catch(() => undefined);
        served.kill(0, 'throws');
        await served.deaths.first(() => served.deaths.items.length > death, 'a line in the log');
        await until(() => servesSomebody(served), 'it is replaced');
      }
      served.kill(0, 'throws');
      expect(await served.bugs.take()).toMatchObject({ message: 'it was told to' });
    });
  });

  describe('S30: stopping', () => {
    test('answers what is under way, closes what is idle, and lets nobody in', async () => {
      await using served = await ThreadsFixture.start(door);
      const [first, second] = await served.connectToEach(2);
      const idle = await served.connectToEach(2);
      served.store.isHolding = true;
      first!.send(served.put('first'));
      second!.send(served.put('second'));
      await served.store.received(2);
      const disconnected = served.http.stopListening();
      await served.http.closeConnections();
      for (const client of idle) expect(await client.ended()).toBe('');
      expect(await failureToConnect(served.port)).toBe('ECONNREFUSED');
      served.store.release();
      for (const client of [first!, second!]) {
        expect((await client.reply()).status).toBe(200);
        expect(await client.ended()).toBe('');
        client.destroy();
      }
      await disconnected;
    });

    test('cuts off who does not let go', async () => {
      await using served = await ThreadsFixture.start(door);
      const clients = await served.connectToEach(2);
      served.store.isHolding = true;
      for (const [at, client] of clients.entries()) client.send(served.put(`k${at}`));
      await served.store.received(2);
      const disconnected = served.http.stopListening();
      await served.http.closeConnections();
      served.http.cutConnections();
      await disconnected;
      for (const client of clients) expect(await client.ended()).toBe('');
    });

    test('does not wait for a thread that dies on the way', async () => {
      await using served = await ThreadsFixture.start(door);
      await served.connectToEach(2);
      const disconnected = served.http.stopListening();
      for (const thread of [0, 1]) served.kill(thread, 'throws');
      await disconnected;
      expect(served.deaths.items).toEqual([]);
    });

    test('before they serve leaves nobody to connect to', async () => {
      await using served = new ThreadsFixture(door);
      const listening = served.listen();
      await served.http.stopListening();
      await listening;
      expect(await failureToConnect(served.port)).toBe('ECONNREFUSED');
    });
  });
});

test('S32: an error of our own code ends its thread in that turn', async () => {
  // A number of another kind: reckoning with it throws where the body of a put is read.
  await using served = await ThreadsFixture.start({ threads: 1, operationsMax: 1n as never });
  const client = await served.connect();
  client.send(served.get('k') + served.put('k') + served.get('k'));
  expect((await client.ended()).match(/HTTP\/1\.1 \d+/g) ?? []).not.toContain('HTTP/1.1 200');
  const { err } = await served.deaths.first(() => true, 'a line in the log');
  expect(err).toBeInstanceOf(TypeError);
  expect(served.store.puts).toEqual([]);
  await until(() => servesSomebody(served), 'it is replaced');
});

test('a thread that dies before it serves fails the start', async () => {
  await using served = new ThreadsFixture({ origins: 1 as never });
  await expect(served.listen()).rejects.toThrow('not iterable');
});

test.runIf(canShare())('two servers that start at one time do not get one port', async () => {
  await using free = await ThreadsFixture.start({ threads: 1 });
  const { port } = free;
  await free.http.stopListening();
  await using first = new ThreadsFixture({ threads: 1 });
  await using second = new ThreadsFixture({ threads: 1 });
  const results = await Promise.allSettled([first.listen(port), second.listen(port)]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

async function servesSomebody(served: ThreadsFixture): Promise<boolean> {
  try {
    const client = await served.connect();
    client.send(served.get('k'));
    return (await client.reply()).status === 404;
  } catch {
    return false;
  }
}

async function failureToConnect(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [error] = await once(socket, 'error');
  return error.code;
}
