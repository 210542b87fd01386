/** Viewers over sockets that tests hold in their hands, on a real store. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Frame, ServerMessage } from '../../src/inspector/protocol.ts';
import { Redaction } from '../../src/inspector/redaction.ts';
import type { InspectorSocket } from '../../src/inspector/socket.ts';
import { FRAME_INTERVAL_MS, Viewers } from '../../src/inspector/viewers.ts';
import { plainSight, WatchedStore } from './support/watched-store.ts';

class FakeSocket extends EventEmitter implements InspectorSocket {
  bufferedAmount = 0;
  readyState = 1;
  readonly sent: ServerMessage[] = [];
  closed: string | undefined;
  pings = 0;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ServerMessage);
  }

  close(_code: number, reason: string): void {
    this.closed ??= reason;
  }

  terminate(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.emit('close');
  }

  ping(): void {
    this.pings += 1;
  }

  say(message: unknown, isBinary = false): void {
    this.emit('message', Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), isBinary);
  }

  get frames(): Frame[] {
    return this.sent.filter((message) => message.type === 'frame');
  }
}

let store: WatchedStore;
let viewers: Viewers;
let failures: unknown[];
let refused: string[];
const inspect = vi.fn();

beforeEach(async () => {
  store = await WatchedStore.open();
  failures = [];
  refused = [];
  viewers = openViewers(plainSight);
  const { system } = store.store.internals.actors.store;
  const attach = system.inspect;
  inspect.mockReset();
  system.inspect = ((observer: never) => {
    const subscription = attach(observer);
    inspect('attached');
    return {
      unsubscribe: () => {
        inspect('detached');
        subscription.unsubscribe();
      },
    };
  }) as typeof system.inspect;
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] });
});

afterEach(async () => {
  vi.useRealTimers();
  await store[Symbol.asyncDispose]();
});

function openViewers(redaction: Redaction): Viewers {
  return new Viewers({
    internals: store.store.internals,
    redaction,
    hello: {
      version: '1.2.3',
      settings: { maxBlocks: 3, maxBlockSize: 16_384, batchTime: 0, queuedPutsMax: 1000 },
      charts: [],
    },
    allows: (token) => token === 'right',
    onRefused: () => refused.push('refused'),
    onError: (error) => failures.push(error),
  });
}

function connect(token?: string): FakeSocket {
  const socket = new FakeSocket();
  viewers.add(socket);
  if (token !== undefined) socket.say({ type: 'open', token });
  return socket;
}

test('who has the token gets a hello and then frames', async () => {
  const socket = connect('right');
  expect(socket.sent).toMatchObject([
    { type: 'hello', format: 1, version: '1.2.3', hides: { keys: false, values: false } },
  ]);
  await store.put(['k', 1, 0]);
  vi.advanceTimersByTime(2 * FRAME_INTERVAL_MS);
  expect(socket.frames).toMatchObject([
    { number: 1, puts: { committed: 1 } },
    { number: 2, puts: { committed: 0 } },
  ]);
});

test('nothing is attached until the first may look, and nothing after the last has gone', () => {
  const stranger = connect();
  expect(inspect).not.toHaveBeenCalled();
  const [one, two] = [connect('right'), connect('right')];
  expect(inspect.mock.calls).toEqual([['attached']]);
  one.terminate();
  stranger.terminate();
  expect(inspect.mock.calls).toEqual([['attached']]);
  two.terminate();
  expect(inspect.mock.calls).toEqual([['attached'], ['detached']]);
  vi.advanceTimersByTime(10 * FRAME_INTERVAL_MS);
  expect(two.frames).toEqual([]);
});

describe('who is sent away', () => {
  test.each<[why: string, code: string, say: (socket: FakeSocket) => void]>([
    ['a wrong token', 'UNAUTHORIZED', (socket) => socket.say({ type: 'open', token: 'wrong' })],
    ['no token', 'UNAUTHORIZED', (socket) => socket.say({ type: 'open' })],
    ['a wish before the token', 'BAD_MESSAGE', (socket) => socket.say({ type: 'watch', oneIn: 1 })],
    ['no JSON', 'BAD_MESSAGE', (socket) => socket.say('{')],
    ['bytes', 'BAD_MESSAGE', (socket) => socket.say({ type: 'open', token: 'right' }, true)],
    ['silence', 'BAD_MESSAGE', () => vi.advanceTimersByTime(10_000)],
  ])('%s: %s', (_, code, say) => {
    const socket = connect();
    say(socket);
    expect(socket.sent).toMatchObject([{ type: 'goodbye', code }]);
    expect(socket.closed).toBe(code);
    expect(inspect).not.toHaveBeenCalled();
  });

  test('a second "open", and a wish that means nothing', () => {
    for (const message of [
      { type: 'open', token: 'right' },
      { type: 'watch', oneIn: 'all' },
    ]) {
      const socket = connect('right');
      socket.say(message);
      expect(socket.sent.at(-1)).toMatchObject({ type: 'goodbye', code: 'BAD_MESSAGE' });
    }
  });

  test('the ninth who has the token', () => {
    const sockets = Array.from({ length: 9 }, () => connect('right'));
    expect(sockets.map(({ closed }) => closed)).toEqual([...Array(8).fill(undefined), 'TOO_MANY_VIEWERS']);
    sockets[0]!.terminate();
    expect(connect('right').closed).toBeUndefined();
  });

  test('strangers in any number keep nobody out: the oldest gives way', () => {
    const strangers = Array.from({ length: 40 }, () => connect());
    expect(connect('right').sent).toMatchObject([{ type: 'hello' }]);
    expect(strangers.filter(({ closed }) => closed === undefined).length).toBeLessThanOrEqual(16);
    expect(strangers[0]!.closed).toBe('TOO_MANY_VIEWERS');
  });

  test('who was sent away is not listened to, and is gone within a second whatever it does', () => {
    const socket = connect('wrong');
    expect(refused).toEqual(['refused']);
    socket.say({ type: 'open', token: 'right' });
    expect(inspect).not.toHaveBeenCalled();
    expect(socket.readyState).toBe(1);
    vi.advanceTimersByTime(1000);
    expect(socket.readyState).toBe(3);
  });
});

test('wishes are met together: the largest sample, and every key that somebody follows', () => {
  const [one, two] = [connect('right'), connect('right')];
  one.say({ type: 'watch', oneIn: 100, key: 'a' });
  two.say({ type: 'watch', oneIn: 10, key: 'b' });
  vi.advanceTimersByTime(FRAME_INTERVAL_MS);
  expect(one.frames.at(-1)!.sampling).toMatchObject({ asked: 10, keys: ['a', 'b'] });
  two.terminate();
  vi.advanceTimersByTime(FRAME_INTERVAL_MS);
  expect(one.frames.at(-1)!.sampling).toMatchObject({ asked: 100, keys: ['a'] });
  one.say({ type: 'watch', oneIn: 'auto' });
  vi.advanceTimersByTime(FRAME_INTERVAL_MS);
  expect(one.frames.at(-1)!.sampling).toMatchObject({ asked: 'auto', oneIn: 1 });
  expect(one.frames.at(-1)!.sampling).not.toHaveProperty('keys');
});

test('where keys are hidden none can be followed: its label would be told', () => {
  const hiding = new Redaction({ hidesKeys: true, hidesValues: true, secret: new Uint8Array(16) });
  viewers = openViewers(hiding);
  const socket = connect('right');
  socket.say({ type: 'watch', oneIn: 1, key: 'guess' });
  expect(socket.sent.at(-1)).toMatchObject({ type: 'goodbye', code: 'BAD_MESSAGE' });
});

describe('who reads too slowly', () => {
  test('misses frames, and sees by their numbers how many', () => {
    const [slow, other] = [connect('right'), connect('right')];
    slow.bufferedAmount = 2 * 1024 * 1024;
    vi.advanceTimersByTime(3 * FRAME_INTERVAL_MS);
    slow.bufferedAmount = 0;
    vi.advanceTimersByTime(FRAME_INTERVAL_MS);
    expect(slow.frames.map(({ number }) => number)).toEqual([4]);
    expect(other.frames.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  test('is let go when nothing moves for ten seconds, on the clock of the store', () => {
    const clock = store.store.internals.clock as { now(): number };
    const { now } = clock;
    let skippedMs = 0;
    clock.now = () => now.call(clock) + skippedMs;
    const slow = connect('right');
    slow.bufferedAmount = 2 * 1024 * 1024;
    vi.advanceTimersByTime(FRAME_INTERVAL_MS);
    vi.advanceTimersByTime(1000);
    expect(slow.readyState).toBe(1);
    skippedMs = 10_000;
    vi.advanceTimersByTime(1000);
    clock.now = now;
    expect(slow.readyState).toBe(3);
    expect(inspect.mock.calls.at(-1)).toEqual(['detached']);
  });
});

test('who does not answer a ping is let go', () => {
  const clock = store.store.internals.clock as { now(): number };
  const { now } = clock;
  let skippedMs = 0;
  clock.now = () => now.call(clock) + skippedMs;
  const [silent, answering] = [connect('right'), connect('right')];
  vi.advanceTimersByTime(1000);
  for (let half = 0; half < 3; half += 1) {
    skippedMs += 30_000;
    vi.advanceTimersByTime(1000);
    answering.emit('pong');
  }
  clock.now = now;
  expect([silent.readyState, answering.readyState]).toEqual([3, 1]);
  expect(answering.pings).toBe(3);
});

test('when the server stops, everybody is told, strangers too, and nobody is let in after', () => {
  const [socket, stranger] = [connect('right'), connect()];
  viewers.close();
  expect(socket.sent.at(-1)).toMatchObject({ type: 'goodbye', code: 'STOPPING' });
  expect(stranger.closed).toBe('STOPPING');
  stranger.say({ type: 'open', token: 'right' });
  expect(connect('right').closed).toBe('STOPPING');
  expect(inspect.mock.calls.filter(([what]) => what === 'attached')).toHaveLength(1);
  expect(inspect.mock.calls.at(-1)).toEqual(['detached']);
});

test('a bug in the inspector ends the watch and not the store', async () => {
  const socket = connect('right');
  const { transactions } = store.store.internals;
  Object.defineProperty(transactions, 'count', {
    configurable: true,
    get: () => {
      throw new Error('a bug');
    },
  });
  vi.advanceTimersByTime(FRAME_INTERVAL_MS);
  Reflect.deleteProperty(transactions, 'count');
  expect(socket.sent.at(-1)).toMatchObject({ type: 'goodbye', code: 'FAILED' });
  expect(failures).toMatchObject([{ message: 'a bug' }]);
  expect(inspect.mock.calls.at(-1)).toEqual(['detached']);
  expect(await store.put(['k', 1, 0])).toMatchObject({ code: 'COMMITTED' });
});
