import net from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Connections, type RunOptions } from '../../bench/load/connections.ts';
import { httpReplyLength, postText } from '../../bench/load/http-text.ts';
import { redisReplyLength, redisText } from '../../bench/load/redis-text.ts';
import { converse, type Workload } from '../../bench/load/workload.ts';

const place = { host: 'h', connection: 0, connections: 1 };
const reply = (status: string, body: string) =>
  Buffer.from(`HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
const bodyOf = (request: string) => JSON.parse(request.slice(request.indexOf('\r\n\r\n') + 4)) as { key: string }[];

test('a reply of HTTP ends where it says, whatever the case of its header', () => {
  const whole = reply('200 OK', '{"a":1}');
  expect(httpReplyLength(whole)).toBe(whole.length);
  expect(httpReplyLength(Buffer.concat([whole, whole]))).toBe(whole.length);
  expect(httpReplyLength(Buffer.from(whole.toString().replace('Content-Length', 'content-length')))).toBe(whole.length);
  expect(httpReplyLength(whole.subarray(0, 40))).toBeUndefined();
  expect(() => httpReplyLength(Buffer.from('HTTP/1.1 200 OK\r\n\r\ncontent-length: 5'))).toThrow('without length');
});

test('a request says its length', () => {
  expect(postText('h:1', '/v1/put', '[1]')).toContain(
    'Host: h:1\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n[1]',
  );
});

test('replies of Redis end at their line, or behind as many bytes as they say', () => {
  expect(redisText('SET', 'key', '1')).toBe('*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$1\r\n1\r\n');
  expect(redisReplyLength(Buffer.from('+OK\r\n'))).toBe(5);
  expect(redisReplyLength(Buffer.from(':12'))).toBeUndefined();
  expect(redisReplyLength(Buffer.from('$3\r\nabc\r\n'))).toBe(9);
  expect(redisReplyLength(Buffer.from('$-1\r\n'))).toBe(5);
  expect(() => redisReplyLength(Buffer.from('*1\r\n'))).toThrow('a list');
});

test('a connection asks for each of its keys once before it comes back to one, with the next version', () => {
  const puts = converse({ kind: 'put', name: 'testtest', keys: 30 }, { ...place, connection: 1, connections: 3 });
  const asked = Array.from({ length: 20 }, () => bodyOf(puts.next())[0]!);
  expect(new Set(asked.map(({ key }) => key)).size).toBe(10);
  expect(asked.slice(0, 10)).toEqual(asked.slice(10).map((put) => ({ ...put, version: 0 })));
  expect(asked[10]).toMatchObject({ version: 1 });
  const others = converse({ kind: 'put', name: 'testtest', keys: 30 }, { ...place, connections: 3 });
  expect(asked.map(({ key }) => key)).not.toContain(bodyOf(others.next())[0]!.key);
});

test('keys that were there before have the version that they had', () => {
  const puts = converse({ kind: 'put', name: 'testtest', keys: 1, firstVersion: 1 }, place);
  expect([bodyOf(puts.next())[0], bodyOf(puts.next())[0]]).toMatchObject([{ version: 1 }, { version: 2 }]);
});

test('a put of many objects counts its objects, and one that is refused fails the run', () => {
  const puts = converse({ kind: 'putMany', objects: 5, name: 'testtest', keys: 5 }, place);
  expect(new Set(bodyOf(puts.next()).map(({ key }) => key)).size).toBe(5);
  expect(puts.take(reply('200 OK', '{}'))).toBe(5);
  expect(() => puts.take(reply('412 Precondition Failed', '{}'))).toThrow('an unexpected reply: HTTP/1.1 412');
});

test('a batch with a refusal inside fails the run', () => {
  const batches = converse({ kind: 'batch', objects: 2, name: 'testtest', keys: 2 }, place);
  expect(batches.take(reply('200 OK', '[{"status":200,"body":1},{"status":200,"body":1}]'))).toBe(2);
  expect(() => batches.take(reply('200 OK', '[{"status":200,"body":1},{"status":412,"body":1}]'))).toThrow('1 of 2');
});

test('of increments only those that were committed count, and each uses what it read', () => {
  const increments = converse({ kind: 'increment', name: 'testtest' }, place);
  expect(increments.next()).toMatch(/^GET/);
  expect(increments.take(reply('404 Not Found', '{}'))).toBe(0);
  expect(bodyOf(increments.next())).toMatchObject([{ value: 1, version: 0 }]);
  expect(increments.take(reply('200 OK', '{}'))).toBe(1);
  expect(increments.next()).toMatch(/^GET/);
  expect(increments.take(reply('200 OK', '{"value":7,"version":9}'))).toBe(0);
  expect(bodyOf(increments.next())).toMatchObject([{ value: 8, version: 9 }]);
  expect(increments.take(reply('412 Precondition Failed', '{}'))).toBe(0);
  expect(increments.next()).toMatch(/^GET/);
  expect(() => increments.take(reply('503 Service Unavailable', '{}'))).toThrow('an unexpected reply');
});

test('a transaction of etcd that did not succeed fails the run', () => {
  const puts = converse({ kind: 'etcdPut', name: 'testtest', keys: 1 }, place);
  expect(puts.take(reply('200 OK', '{"succeeded":true}'))).toBe(1);
  expect(() => puts.take(reply('200 OK', '{"header":{}}'))).toThrow('an unexpected reply');
});

/** Answers requests of `get` in two chunks, or not at all from `silentAfter` on. */
async function openTo(workload: Workload, connections: number, answer: (socket: net.Socket, count: number) => void) {
  let count = 0;
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('data', () => answer(socket, ++count)).on('error', () => {});
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const opened = await Connections.open({ port: (server.address() as net.AddressInfo).port, connections, workload });
  onTestFinished(() => opened.close());
  return { run: (options: RunOptions) => opened.run(options), count: () => count };
}

const gets: Workload = { kind: 'get', name: 'testtest', keys: 4 };
const inTwo = (socket: net.Socket) => {
  const whole = reply('200 OK', '{"a":1}');
  socket.write(whole.subarray(0, 30), () => socket.write(whole.subarray(30)));
};

test('each connection sends as many requests as it is told, and replies may come in pieces', async () => {
  const { run, count } = await openTo(gets, 3, inTwo);
  const slice = await run({ requestsEach: 5 });
  expect(slice).toMatchObject({ requests: 15, done: 15 });
  expect(count()).toBe(15);
  expect(slice.p50Ms).toBeLessThanOrEqual(slice.p999Ms);
  expect(await run({ requestsEach: 1 })).toMatchObject({ requests: 3 });
});

test('a run for some time ends when the last answer is there', async () => {
  const { run, count } = await openTo(gets, 2, inTwo);
  const { requests, seconds } = await run({ seconds: 0.05 });
  expect(requests).toBe(count());
  expect(requests).toBeGreaterThan(2);
  expect(seconds).toBeGreaterThanOrEqual(0.049);
});

test('at a rate, requests that find no free connection wait, and that counts', async () => {
  const SLOW_MS = 80;
  const { run } = await openTo(gets, 1, (socket, count) => {
    if (count === 1) setTimeout(inTwo, SLOW_MS, socket);
    else inTwo(socket);
  });
  const { requests, p50Ms, seconds } = await run({ seconds: 0.1, requestsPerS: 500 });
  expect(requests).toBeGreaterThan(25);
  expect(requests).toBeLessThanOrEqual(75);
  // Half of them at the least took p50; one after the other, without waiting, that would have taken longer than all did.
  expect((p50Ms * requests) / 2).toBeGreaterThan(seconds * 1000);
});

test('a server that closes a connection fails the run', async () => {
  const { run } = await openTo(gets, 2, (socket) => socket.destroy());
  await expect(run({ seconds: 1 })).rejects.toThrow(/closed a connection|ECONNRESET|EPIPE/);
});

test('a server that answers twice fails the run', async () => {
  const whole = reply('200 OK', '{"a":1}');
  const { run } = await openTo(gets, 1, (socket) => socket.write(Buffer.concat([whole, whole])));
  await expect(run({ seconds: 1 })).rejects.toThrow('more than was asked');
});

test('a server that gives up a connection before it is asked fails the next run', async () => {
  const gone = Promise.withResolvers<void>();
  const server = net.createServer((socket) => {
    socket.on('close', () => gone.resolve()).resume();
    socket.end(reply('408 Request Timeout', '{}'));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const opened = await Connections.open({ port, connections: 1, workload: gets });
  onTestFinished(() => opened.close());
  await gone.promise;
  await expect(opened.run({ seconds: 1 })).rejects.toThrow(/408|closed a connection/);
});
