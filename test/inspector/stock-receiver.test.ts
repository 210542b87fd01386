/** The viewers that others have made work against concave: the real receiver and the real inspector server of `@statelyai/inspect`. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import { createInspectorServer } from '@statelyai/inspect/server';
import { afterEach, describe, expect, test } from 'vitest';
import { GrowingList } from '../support/growing-list.ts';
import { InspectedServer } from './support/inspected-server.ts';
import { idOf } from './support/watched-store.ts';

type Announced = Extract<StatelyInspectionEvent, { type: '@xstate.actor' }>;

/** What the package's receiver hears. Its socket is its own, and ends with the server. */
class Heard {
  readonly #list = new GrowingList<StatelyInspectionEvent>();

  constructor(url: string) {
    createWebSocketReceiver({ server: url }).subscribe((event) => this.#list.add(event));
  }

  get events(): readonly StatelyInspectionEvent[] {
    return this.#list.items;
  }

  announced(name: string): Promise<Announced> {
    const isIt = (event: StatelyInspectionEvent): event is Announced =>
      event.type === '@xstate.actor' && event.name === name;
    return this.#list.first(isIt, `an actor called ${name}`);
  }

  /** Once its last snapshot is here: nothing more comes of it. */
  async lifeOf(id: string): Promise<Life> {
    const actor = await this.announced(id);
    const isLast = (event: StatelyInspectionEvent) =>
      event.type === '@xstate.snapshot' &&
      event.sessionId === actor.sessionId &&
      (event.snapshot as { status: string }).status === 'done';
    await this.#list.first(isLast, `the end of ${id}`);
    const { sessionId } = actor;
    const nameOf = (session: string | undefined) =>
      this.events.find((event) => event.type === '@xstate.actor' && event.sessionId === session) as
        | { readonly name: string }
        | undefined;
    const life: Life = { definition: JSON.parse(actor.definition!), states: [], messages: [], snapshots: [] };
    for (const event of this.events) {
      if (event.type === '@xstate.snapshot' && event.sessionId === sessionId) {
        const snapshot = event.snapshot as unknown as { value: string; status: string; context: object };
        life.states.push(snapshot.value);
        life.snapshots.push(snapshot);
      }
      if (event.type !== '@xstate.event') continue;
      const from = nameOf(event.sourceId)?.name;
      const to = nameOf(event.sessionId)?.name;
      if (event.sessionId === sessionId || event.sourceId === sessionId)
        life.messages.push(
          `${from === id ? 'it' : from} → ${to === id ? 'it' : to}: ${event.event.type.replace(id, 'it')}`,
        );
    }
    return life;
  }
}

interface Life {
  readonly definition: { readonly id: string; readonly states: object };
  readonly states: string[];
  readonly messages: string[];
  readonly snapshots: { readonly status: string; readonly context: object }[];
}

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

describe('the stock receiver', () => {
  test('rebuilds the life of a transaction that commits', async () => {
    await using server = await InspectedServer.start();
    const heard = new Heard(`${server.socketUrl}/inspect/xstate`);
    await heard.announced('compactor');
    const life = await heard.lifeOf(idOf(await server.watched.put(['cart', 'secret', 0])));
    expect(life.definition).toMatchObject({
      id: 'transaction',
      states: { reserving: {}, committed: { type: 'final' } },
    });
    expect(life.messages).toEqual([
      'transactions → it: xstate.init',
      'it → keyLocks: reserve',
      'keyLocks → it: granted',
      'it → flusher: append',
      'flusher → it: durable',
      'it → keyLocks: release',
      'it → transactions: xstate.done.actor.it',
    ]);
    expect(life.states).toEqual(['reserving', 'awaitingFlush', 'committed']);
    expect(life.snapshots.at(-1)).toMatchObject({
      status: 'done',
      context: { operations: [{ key: 'cart', expected: 0 }], versions: [1] },
    });
    expect(JSON.stringify(heard.events)).not.toContain('secret');
  });

  test('rebuilds the life of one that is refused, with its conflicts', async () => {
    await using server = await InspectedServer.start();
    const heard = new Heard(`${server.socketUrl}/inspect/xstate`);
    await heard.announced('compactor');
    const life = await heard.lifeOf(idOf(await server.watched.put(['cart', 1, 5])));
    expect(life.states).toEqual(['reserving', 'rejected']);
    expect(life.snapshots.at(-1)).toMatchObject({
      status: 'done',
      context: { conflicts: [{ key: 'cart', reason: 'stale', expected: 5, current: 0 }] },
    });
  });

  test('of a put of very many keys it gets the first, and how many there are', async () => {
    await using server = await InspectedServer.start();
    const heard = new Heard(`${server.socketUrl}/inspect/xstate`);
    await heard.announced('compactor');
    const operations = Array.from({ length: 5000 }, (_, index) => [`key-${index}`, 'x', 1] as const);
    const { snapshots } = await heard.lifeOf(idOf(await server.watched.put(...operations)));
    expect(snapshots.at(-1)!.context).toMatchObject({
      keyCount: 5000,
      operations: { length: 20 },
      conflicts: { length: 50 },
    });
    const largest = Math.max(...heard.events.map((event) => JSON.stringify(event).length));
    expect(largest).toBeLessThan(20_000);
  });

  test('is told of what is there already: all five machines, and the puts under way', async () => {
    await using server = await InspectedServer.start();
    const goOn = server.watched.files.hold('appendDurably');
    const put = server.watched.put(['k', 1, 0]);
    const heard = new Heard(`${server.socketUrl}/inspect/xstate`);
    for (const name of ['store', 'transactions', 'keyLocks', 'flusher', 'compactor']) await heard.announced(name);
    goOn();
    const { states, snapshots } = await heard.lifeOf(idOf(await put));
    expect(states).toEqual(['committed']);
    expect(snapshots).toMatchObject([{ status: 'done' }]);
  });

  test('sees no keys where keys are hidden', async () => {
    await using server = await InspectedServer.start({ inspectorKeys: 'hidden', inspectorValues: 'hidden' });
    const heard = new Heard(`${server.socketUrl}/inspect/xstate`);
    await heard.announced('compactor');
    await heard.lifeOf(idOf(await server.watched.put(['secret-key', 'secret-value', 0])));
    await heard.lifeOf(idOf(await server.watched.put(['secret-key', 'secret-value', 0])));
    expect(JSON.stringify(heard.events)).not.toContain('secret');
    expect(JSON.stringify(heard.events)).toMatch(/key#[0-9a-f]{8}/);
  });

  test('with a token it needs a ticket, which opens one connection', async () => {
    await using server = await InspectedServer.start({ token: 'the-token-of-this-server' });
    const ask = (authorization: Record<string, string>) =>
      fetch(`${server.url}/inspect/ticket`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...authorization },
        body: '{}',
      });
    expect((await ask({})).status).toBe(401);
    const reply = await ask({ authorization: 'Bearer the-token-of-this-server' });
    const { ticket } = (await reply.json()) as { ticket: string };
    const url = `${server.socketUrl}/inspect/xstate?ticket=${ticket}`;
    const heard = new Heard(url);
    await heard.announced('store');
    for (const wrong of [
      url,
      `${server.socketUrl}/inspect/xstate`,
      `${server.socketUrl}/inspect/xstate?token=${ticket}`,
    ]) {
      const socket = new WebSocket(wrong);
      const [event] = (await once(socket, 'error')) as [Event];
      expect(event.type).toBe('error');
    }
  });

  test('the fifth is sent away, and who says something as well', async () => {
    await using server = await InspectedServer.start();
    const url = `${server.socketUrl}/inspect/xstate`;
    const sockets = Array.from({ length: 4 }, () => new WebSocket(url));
    await Promise.all(sockets.map((socket) => once(socket, 'message')));
    const fifth = new WebSocket(url);
    const [{ code }] = (await once(fifth, 'close')) as [CloseEvent];
    expect(code).toBe(1013);
    sockets[0]!.send('{"type":"open"}');
    const [{ code: ofTalker }] = (await once(sockets[0]!, 'close')) as [CloseEvent];
    expect(ofTalker).toBe(1008);
  });
});

describe('an inspector that is already running (--inspect-url)', () => {
  test('is sent the same, and others hear it there', async () => {
    const port = await freePort();
    stops.push(createInspectorServer({ port, autoOpen: false }).stop);
    const heard = new Heard(`ws://127.0.0.1:${port}`);
    await using server = await InspectedServer.start({ inspectUrl: `ws://127.0.0.1:${port}` });
    await heard.announced('compactor');
    const life = await heard.lifeOf(idOf(await server.watched.put(['cart', 1, 0])));
    expect(life.states).toEqual(['reserving', 'awaitingFlush', 'committed']);
    expect(server.log.items).toMatchObject([{ event: 'inspector_connected' }]);
  });

  test('that comes when the store is closing is not served, and nothing breaks', async () => {
    const port = await freePort();
    await using server = await InspectedServer.start({ inspectUrl: `ws://127.0.0.1:${port}` });
    await server.log.first(({ event }) => event === 'inspector_gone', 'a warning');
    await server.watched.store.close();
    stops.push(createInspectorServer({ port, autoOpen: false }).stop);
    const heard = new Heard(`ws://127.0.0.1:${port}`);
    // The store is closed: what is announced is its end.
    const { snapshot } = (await heard.announced('store')) as unknown as { snapshot: { value: string } };
    expect(snapshot.value).toBe('closed');
  });

  test('its query is not logged', async () => {
    const port = await freePort();
    await using server = await InspectedServer.start({ inspectUrl: `ws://127.0.0.1:${port}/here?secret=hunter2` });
    await server.log.first(({ event }) => event === 'inspector_gone', 'a warning');
    expect(server.log.items).toMatchObject([{ url: `ws://127.0.0.1:${port}/here` }]);
  });

  test('may come later: it is tried again, said once, and the store does not wait', async () => {
    const port = await freePort();
    await using server = await InspectedServer.start({ inspectUrl: `ws://127.0.0.1:${port}` });
    await server.log.first(({ event }) => event === 'inspector_gone', 'a warning');
    expect(await server.watched.put(['k', 1, 0])).toMatchObject({ code: 'COMMITTED' });
    stops.push(createInspectorServer({ port, autoOpen: false }).stop);
    await server.log.first(({ event }) => event === 'inspector_connected', 'a connection');
    expect(server.log.items.map(({ event }) => event)).toEqual(['inspector_gone', 'inspector_connected']);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
