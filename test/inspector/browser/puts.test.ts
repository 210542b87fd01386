import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayUse } from '../../support/can-run.ts';
import { HttpClient } from '../../support/http-client.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { InspectedServer } from '../support/inspected-server.ts';
import { HeldDisk } from './support/held-disk.ts';
import { shortId, TEST_MS_MAX } from './support/inspector-page.ts';
import { visiting } from './support/visitor.ts';

describe.skipIf(!mayUse('chromium'))('puts on the page of the inspector', { timeout: TEST_MS_MAX }, () => {
  const visitor = visiting();
  let server: ServerProcess;
  let client: HttpClient;
  beforeAll(async () => {
    server = await ServerProcess.start({ args: ['--inspect'] });
    client = new HttpClient(server.url);
  });
  afterAll(async () => {
    client.close();
    await server[Symbol.asyncDispose]();
  });

  test('a put appears as committed in the list, the counts, the chart and the plots', async () => {
    const inspector = await visitor.open(server.url);
    await inspector.seeStatus('live');
    await inspector.see(inspector.explanation, 'No put has come yet');
    await client.put([{ key: 'figs', value: 3, version: 0 }]);
    await inspector.row(/^committed, figs, /).waitFor();
    await inspector.see(inspector.explanation.getByRole('article').filter({ hasText: 'Committed' }), /1100 %/);
    await inspector.see(inspector.explanation, '1 answered, 0 under way');
    await inspector.seeState('committed', 1);
    await client.put([{ key: 'figs', value: 4, version: 1 }]);
    await inspector.seeState('committed', 2);
    await inspector.page.getByRole('img', { name: /^Puts per second: committed \d/ }).waitFor();
  });

  test('a stale put says which version was expected, which is there, and who wrote that', async () => {
    const inspector = await visitor.open(server.url);
    await inspector.seeStatus('live');
    const writer = await client.put([{ key: 'apples', value: 3, version: 0 }]);
    await client.put([
      { key: 'pears', value: 1, version: 0 },
      { key: 'apples', value: 9, version: 0 },
    ]);
    // The key that stood against it is named, not the first.
    await inspector.openPut(inspector.row(/^stale, apples, /));
    const sentence = /Refused: apples was expected not to exist but is at version 1, written [\d.]+ \S+ earlier by /;
    await inspector.see(inspector.detail, sentence);
    await inspector.see(inspector.detail, 'Read the key again, decide again');
    await inspector.see(inspector.detail, 'STALE_VERSION');
    expect(await keyTable(inspector)).toEqual([
      ['pears', 'none', 'none', '–'],
      [`appleswritten by ${shortId(writer.json.id)}`, 'none', '1', '–'],
    ]);
    expect(await inspector.messages()).toEqual([
      'HTTP to transaction: put 2 keys',
      'transaction to key locks: reserve',
      'key locks to transaction: granted',
      'transaction to HTTP: answer STALE_VERSION',
      'transaction to key locks: release',
    ]);
    await inspector.detail
      .getByRole('button', { name: shortId(writer.json.id) })
      .first()
      .click();
    await inspector.see(inspector.detail, 'Committed as seq ');
  });

  test('a put in flight names its rival, who can be gone to', async () => {
    await using held = await InspectedServer.start();
    using first = new HttpClient(held.url);
    using second = new HttpClient(held.url);
    const inspector = await visitor.open(held.url);
    await inspector.seeStatus('live');
    using disk = new HeldDisk(held);
    const rival = first.put([{ key: 'apples', value: 3, version: 0 }]);
    await inspector.row(/^under way, apples, /).waitFor();
    await inspector.see(inspector.page.getByRole('region', { name: 'Held now' }), /apples/);
    await inspector.seeState('awaitingFlush', 1);

    const refused = await second.put([{ key: 'apples', value: 4, version: 0 }]);
    expect(refused.status).toBe(409);
    await inspector.openPut(inspector.row(/^in flight, apples, /));
    await inspector.see(
      inspector.detail,
      /Refused: apples was being written by \S+ \(awaiting its flush, [\d.]+ \S+ old\)/,
    );
    await inspector.see(inspector.detail, 'a put never waits for a key');
    await inspector.see(inspector.detail, /Held its keys then\S+ awaiting its flush, [\d.]+ \S+ old, 1 key/);
    await inspector.detail.getByRole('listitem').getByRole('button').click();
    await inspector.see(inspector.detail, /Under way for [\d.]+ \S+, awaiting its flush/);
    disk.release();
    const { json } = await rival;
    await inspector.see(inspector.detail, 'Committed as seq 1: 1 key on disk');
    await inspector.see(inspector.detail, shortId(json.id));
  });

  test('a committed put shows where its time went, its messages in order, and the flush that it shared', async () => {
    await using held = await InspectedServer.start();
    const inspector = await visitor.open(held.url);
    await inspector.seeStatus('live');
    using disk = new HeldDisk(held);
    const puts = [held.watched.put(['apples', 3, 0])];
    await inspector.row(/^under way, apples, /).waitFor();
    // They gather behind the flush that is under way, and go out together.
    puts.push(held.watched.put(['pears', 1, 0], ['plums', 1, 0]), held.watched.put(['figs', 1, 0]));
    disk.release();
    await Promise.all(puts);
    await inspector.openPut(inspector.row(/^committed, pears, /));
    await inspector.see(inspector.detail, 'Committed as seq 2: 2 keys on disk');
    for (const state of ['reserving', 'validating', 'staging', 'awaitingFlush'])
      await inspector.detail
        .getByRole('listitem')
        .filter({ hasText: new RegExp(`^${state}[\\d.]+ \\S+?(< |> )?\\d+ %$`) })
        .waitFor();
    // The chart has become the path of this one.
    await inspector.see(inspector.state('awaitingFlush'), /^\D+[\d.]+ (µs|ms|s)$/);
    await inspector.see(inspector.state('committed'), '✓');
    expect(await keyTable(inspector)).toEqual([
      ['pears', 'none', 'none', '1'],
      ['plums', 'none', 'none', '1'],
    ]);
    expect((await inspector.messages()).map((line) => line.replace(/\d+ bytes/, '… bytes'))).toEqual([
      'HTTP to transaction: put 2 keys',
      'transaction to key locks: reserve',
      'key locks to transaction: granted',
      'transaction to flusher: append … bytes',
      'flusher to disk: write 2 puts, … bytes',
      'disk to flusher: synced',
      'flusher to transaction: durable seq 2',
      'transaction to HTTP: answer COMMITTED',
      'transaction to key locks: release',
    ]);
    await inspector.see(inspector.detail, /Flush 22 puts · \d+ B · .* · seq 2 to 3/);
    await inspector.detail.getByRole('button', { name: /^Show [0-9a-f]{4}…/ }).click();
    await inspector.see(inspector.detail, 'Committed as seq 3: 1 key on disk');
    await inspector.see(inspector.detail, 'figs');
  });
});

async function keyTable({ detail }: { readonly detail: Locator }): Promise<string[][]> {
  const rows = await detail.getByRole('table').getByRole('row').all();
  return Promise.all(rows.slice(1).map((row) => row.locator('th, td').allTextContents()));
}
