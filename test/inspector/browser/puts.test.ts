import { describe, expect, test } from 'vitest';
import { mayUse } from '../../support/can-run.ts';
import { HttpClient } from '../../support/http-client.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { visiting } from './support/visitor.ts';

describe.skipIf(!mayUse('chromium'))('puts on the page of the inspector', () => {
  const visitor = visiting();

  test('a put appears as committed in the list, the counts and the chart', async () => {
    await using server = await ServerProcess.start({ args: ['--inspect'] });
    using client = new HttpClient(server.url);
    const inspector = await visitor.open(server.url);
    await inspector.seeStatus('live');
    await inspector.see(inspector.explanation, 'No put has come yet');
    await client.put([{ key: 'apples', value: 3, version: 0 }]);
    await inspector.row(/^committed, apples, /).waitFor();
    await inspector.see(inspector.explanation.getByRole('article').filter({ hasText: 'Committed' }), /1100 %/);
    await inspector.see(inspector.state('committed'), /1$/);
    await inspector.see(inspector.explanation, '1 answered, 0 under way');
    await client.put([{ key: 'apples', value: 4, version: 1 }]);
    await inspector.see(inspector.state('committed'), /2$/);
  });

  test('a stale put says which version was expected, which is there, and who wrote that', async () => {
    await using server = await ServerProcess.start({ args: ['--inspect'] });
    using client = new HttpClient(server.url);
    const inspector = await visitor.open(server.url);
    await inspector.seeStatus('live');
    const writer = await client.put([{ key: 'apples', value: 3, version: 0 }]);
    await client.put([
      { key: 'pears', value: 1, version: 0 },
      { key: 'apples', value: 9, version: 0 },
    ]);
    // The key that stood against it is named, not the first.
    await inspector.openPut(inspector.row(/^stale, apples, /));
    await inspector.see(
      inspector.detail,
      /Refused: apples was expected not to exist but is at version 1, written [\d.]+ \S+ earlier by /,
    );
    await inspector.see(inspector.detail, 'Read the key again, decide again');
    await inspector.see(inspector.detail, 'STALE_VERSION');
    await inspector.detail
      .getByRole('row', { name: /apples/ })
      .getByText(/^1$/)
      .waitFor();
    const id = String(writer.json.id);
    await inspector.detail
      .getByRole('button', { name: shortId(id) })
      .first()
      .click();
    await inspector.see(inspector.detail, 'Committed as seq 1: 1 key on disk');
    expect(await inspector.messages()).toEqual([]);
  });
});

function shortId(id: string): string {
  return `${id.slice(0, 4)}…${id.slice(-4)}`;
}
