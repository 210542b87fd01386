/** Many clients, slow ones, greedy ones, and more than the server can serve. */
import { expect, test } from 'vitest';
import { get, HOST, operation, put } from '../http/corpus/request.ts';
import { RawClient } from '../http/support/raw-client.ts';
import { HttpClient } from '../support/http-client.ts';
import { residentBytesOf } from '../support/memory-of.ts';
import { ServerProcess } from '../support/server-process.ts';
import { judge } from './judge.ts';
import { Load } from './load.ts';
import { overload } from './overload.ts';

const MiB = 1024 * 1024;

test('N2: 1,000 clients that send a byte a second are told that they are too slow, and others served meanwhile', async () => {
  await using server = await ServerProcess.start({
    args: ['--max-connections', '1100', '--headers-timeout-ms', '2000', '--request-timeout-ms', '3000'],
  });
  const load = new Load({ clients: 16, keys: 100, seed: 1 });
  const gone = load.run(server.url);
  const slow = await SlowClients.connect(server.url, 1000);
  await load.answered(100);
  expect(await slow.replies()).toEqual(new Map([[408, 1000]]));
  await load.answered(100);
  server.kill('SIGTERM');
  await gone;
  expect(await server.waitForExit()).toEqual({ code: 0, signal: null });
  load.recorder.restart();

  await using again = await ServerProcess.start({ dataDir: server.dataDir });
  await load.readAll(again.url);
  again.killNow();
  await again.waitForExit();
  judge(load.recorder.history, server.dataDir, 'slow clients');
}, 40_000);

test.each([1, 2])(
  'N3: ten times more puts than can be served by %i threads: the rest is refused, memory is bounded, gets go on',
  async (threads) => {
    const { sent, acknowledged, refused, turnedAway, gets } = await overload(3, threads);
    expect(sent).toBe(6000);
    expect(acknowledged + refused + turnedAway).toBe(sent);
    expect(refused).toBeGreaterThan(acknowledged);
    // At least a batch; how many more, the speed of the disk decides.
    expect(acknowledged).toBeGreaterThanOrEqual(20);
    // One after the other; a get that is not answered with 200 or 404 has failed the run already.
    expect(gets).toBeGreaterThan(0);
  },
);

test('N3: a refusal does not wait for the puts that fill the queue', async () => {
  await using server = await ServerProcess.start({
    args: ['--queued-puts-max', '4', '--batch-time', '1000', '--max-batch-size', '16 MiB'],
  });
  const order: number[] = [];
  const send = async (client: RawClient, key: string) => {
    client.send(addressed(server.url, put(`[${operation({ key: `"${key}"` })}]`)));
    order.push((await client.reply()).status);
  };
  const clients = await Promise.all(Array.from({ length: 5 }, () => connect(server.url)));
  await Promise.all(clients.map((client, index) => send(client, `queued-${index}`)));
  expect(order).toEqual([503, 200, 200, 200, 200]);
  for (const client of clients) client.destroy();
});

test('N1: 20,000 puts sent at once on one connection: all answered in order, memory is bounded, others served', async () => {
  await using server = await ServerProcess.start();
  using other = new HttpClient(server.url);
  expect(await other.get('absent')).toMatchObject({ status: 404 });
  const before = residentBytesOf(server.pid);
  const client = await connect(server.url);
  const count = 20_000;
  const flood = Array.from({ length: count }, (_, index) => put(`[${operation({ key: `"flood-${index}"` })}]`));
  client.pause();
  client.send(addressed(server.url, flood.join('')));
  let residentMax = 0;
  for (let round = 0; round < 100; round += 1) {
    expect(await other.get('absent')).toMatchObject({ status: 404 });
    residentMax = Math.max(residentMax, residentBytesOf(server.pid));
  }
  expect(residentMax - before).toBeLessThan(128 * MiB);
  client.resume();
  for (let seq = 1; seq <= count; seq += 1) expect((await client.reply()).json?.seq).toBe(seq);
  client.destroy();
}, 40_000);

test('D15: bodies without an end are refused at their limit, and memory is bounded', async () => {
  await using server = await ServerProcess.start();
  using other = new HttpClient(server.url);
  expect(await other.get('absent')).toMatchObject({ status: 404 });
  const before = residentBytesOf(server.pid);
  const head = put('', { 'content-length': null, 'transfer-encoding': 'chunked' });
  const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(MiB, ' '), Buffer.from('\r\n')]);
  // One after the other: together they would be refused as too many on their way.
  for (let body = 0; body < 8; body += 1) {
    const client = await connect(server.url);
    client.send(addressed(server.url, head));
    const isRefused = client.reply();
    for (let sentMiB = 0; sentMiB < 9; sentMiB += 1) await client.sent(chunk);
    expect(await isRefused).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } });
    expect(await client.ended()).toBe('');
    client.destroy();
  }
  expect(residentBytesOf(server.pid) - before).toBeLessThan(128 * MiB);
  expect(await other.get('absent')).toMatchObject({ status: 404 });
});

/** Half of them never come to the end of their headers, the others never to that of their body. */
class SlowClients {
  readonly #clients: readonly RawClient[];

  static async connect(url: string, count: number): Promise<SlowClients> {
    const clients = await Promise.all(Array.from({ length: count }, () => connect(url)));
    const headers = addressed(url, get('/v1/get?key=slow'));
    const body = addressed(url, put(`[${operation({ key: '"slow"' })}]`));
    const bodyAt = body.indexOf('\r\n\r\n') + 4;
    return new SlowClients(clients, (index, second) => {
      if (index % 2 === 0) return headers[second]!;
      return second === 0 ? body.slice(0, bodyAt) : body[bodyAt + second]!;
    });
  }

  private constructor(clients: readonly RawClient[], byteOf: (index: number, second: number) => string) {
    this.#clients = clients;
    let second = 0;
    const sendAll = () => {
      for (const [index, client] of clients.entries()) client.send(byteOf(index, second));
      second += 1;
    };
    sendAll();
    // Their speed is what the test is about.
    this.#timer = setInterval(sendAll, 1000);
  }
  readonly #timer: NodeJS.Timeout;

  /** Waits until each has its answer and its connection has ended. How many there are of each status. */
  async replies(): Promise<Map<number, number>> {
    const statuses = new Map<number, number>();
    for (const client of this.#clients) {
      const { status } = await client.reply();
      expect(await client.ended()).toBe('');
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    clearInterval(this.#timer);
    return statuses;
  }
}

function connect(url: string): Promise<RawClient> {
  return RawClient.connect(Number(new URL(url).port));
}

function addressed(url: string, bytes: string): string {
  return bytes.replaceAll(HOST, new URL(url).host);
}
