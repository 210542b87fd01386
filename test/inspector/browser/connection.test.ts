import { describe, expect, test } from 'vitest';
import { mayUse } from '../../support/can-run.ts';
import { HttpClient } from '../../support/http-client.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { TEST_MS_MAX } from './support/inspector-page.ts';
import { visiting } from './support/visitor.ts';

describe.skipIf(!mayUse('chromium'))('the connection of the inspector', { timeout: TEST_MS_MAX }, () => {
  const visitor = visiting();

  test('the page says that its server has gone, keeps what it saw, and finds the next one by itself', async () => {
    await using first = await ServerProcess.start({ args: ['--inspect'] });
    const { dataDir, url } = first;
    const inspector = await visitor.open(url);
    await inspector.seeStatus('live');
    await put(url, 'apples', 0);
    await inspector.row(/^committed, apples, /).waitFor();
    first.kill('SIGTERM');
    await inspector.seeStatus(/disconnected: STOPPING, .*; trying again in \d+ s/);
    expect((await first.waitForExit()).code).toBe(0);
    await inspector.row(/^committed, apples, /).waitFor();

    const listen = new URL(url).host;
    await using second = await ServerProcess.start({ dataDir, listen, args: ['--inspect'] });
    await inspector.seeStatus('live');
    await put(url, 'apples', 1);
    await inspector.row(/^committed, apples, /).waitFor();
    await inspector.press('Space');
    await inspector.seeStatus('paused at');
    second.kill('SIGKILL');
    await inspector.seeStatus('disconnected: the connection broke; trying again');
    await second.waitForExit();

    // Who looks at a moment of the past goes on looking at it: it may be the one before the crash.
    await using third = await ServerProcess.start({ dataDir, listen, args: ['--inspect'] });
    await inspector.page.getByRole('button', { name: 'Connect now' }).click();
    await inspector.seeStatus('recording the connection before');
    await inspector.row(/^committed, apples, /).waitFor();
    await inspector.press('End');
    await inspector.seeStatus('live');
    await put(third.url, 'pears', 0);
    await inspector.row(/^committed, pears, /).waitFor();
  });
});

async function put(url: string, key: string, version: number): Promise<void> {
  using client = new HttpClient(url);
  expect((await client.put([{ key, value: 1, version }])).status).toBe(200);
}
