import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayUse } from '../../support/can-run.ts';
import { HttpClient } from '../../support/http-client.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { TEST_MS_MAX } from './support/inspector-page.ts';
import { contrastsOf, cutOff, namelessControls, wantOfRoom } from './support/looks.ts';
import { visiting } from './support/visitor.ts';

/** Of WCAG 2, level AA, for text of any size. */
const CONTRAST_MIN = 4.5;

describe.skipIf(!mayUse('chromium'))('the looks of the inspector', { timeout: TEST_MS_MAX }, () => {
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

  test.each(['light', 'dark'] as const)(
    'in %s, everything can be read, also in a narrow window',
    async (colorScheme) => {
      const inspector = await visitor.open(server.url, { colorScheme, viewport: { width: 1280, height: 800 } });
      const { page } = inspector;
      const tooFaint = (await contrastsOf(page)).filter(({ contrast }) => contrast < CONTRAST_MIN);
      expect(tooFaint).toEqual([]);
      await inspector.seeStatus('live');
      await client.put([{ key: `stock:concert-tickets:${colorScheme}`, value: 1, version: 0 }]);
      await client.put([{ key: `stock:concert-tickets:${colorScheme}`, value: 2, version: 0 }]);
      const stale = inspector.row(/^stale, stock:/).first();
      await stale.waitFor();
      await page.getByRole('img', { name: /^Puts per second: committed \d/ }).waitFor();
      for (const width of [1280, 800]) {
        await page.setViewportSize({ width, height: 800 });
        await expectReadable(page, `${width} px wide`);
      }
      await inspector.openPut(stale);
      await expectReadable(page, 'one put, 800 px wide');
      await page.setViewportSize({ width: 1280, height: 800 });
      await expectReadable(page, 'one put, 1280 px wide');
      await inspector.press('?');
      await page.getByRole('dialog').waitFor();
      await expectReadable(page, 'the help sheet');
    },
  );

  test('every control has a name, with a put open as well, and in the dialogs', async () => {
    const inspector = await visitor.open(server.url);
    await inspector.seeStatus('live');
    await client.put([{ key: 'apples', value: 1, version: 0 }]);
    const put = inspector.row(/^committed, apples, /);
    await put.waitFor();
    expect(await namelessControls(inspector.page)).toEqual([]);
    await inspector.openPut(put);
    expect(await namelessControls(inspector.page)).toEqual([]);
    await inspector.press('?');
    await inspector.page.getByRole('dialog').waitFor();
    expect(await namelessControls(inspector.page)).toEqual([]);
  });
});

async function expectReadable(page: Page, what: string): Promise<void> {
  expect(await wantOfRoom(page), what).toEqual([]);
  expect(await cutOff(page), what).toEqual([]);
}
