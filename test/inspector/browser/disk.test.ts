import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayUse } from '../../support/can-run.ts';
import { HttpClient } from '../../support/http-client.ts';
import { onTmpfs } from '../../support/sandbox.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { Tenant } from '../../support/tenant.ts';
import { until } from '../../support/until.ts';
import { TEST_MS_MAX } from './support/inspector-page.ts';
import { visiting } from './support/visitor.ts';

const BLOCKS = ['--max-block-size', '16 KiB', '--max-blocks', '2', '--idle-mark-ms', '60000'];
const VALUE = 'x'.repeat(3000);
/** More puts than that do not fit into the blocks that there is room for. */
const PUTS_MAX = 12;

describe.skipIf(!mayUse('chromium'))('the disk on the page of the inspector', { timeout: TEST_MS_MAX }, () => {
  const visitor = visiting();

  describe.skipIf(!mayUse('unshare'))('that is full', () => {
    let mountPoint: string;
    beforeAll(() => {
      mountPoint = mkdtempSync(join(tmpdir(), 'concave-full-'));
    });
    afterAll(() => rmSync(mountPoint, { recursive: true }));

    test('shows puts as rolled back and the flusher waiting, until there is room again', async () => {
      await using server = await ServerProcess.start({
        dataDir: join(mountPoint, 'data'),
        args: ['--inspect', ...BLOCKS],
        // As for S9: room for the reserve that merging leaves to the log.
        ...onTmpfs(mountPoint, 'size=40m'),
      });
      const tenant = new Tenant(server.pid, mountPoint);
      using client = new HttpClient(server.url);
      const inspector = await visitor.open(server.url);
      await inspector.seeStatus('live');
      await inspector.machine('Flusher').click();
      tenant.takeAll();
      expect(await putUntilFull(client)).toBe('DISK_FULL');
      await inspector.see(inspector.machine('Flusher'), /waitingForRoom|makingRoom/);
      await inspector.seeState('waitingForRoom', 1);
      await inspector.page.getByRole('button', { name: '1 rolled back' }).click();
      await inspector.openPut(inspector.row(/^rolled back, full:/));
      await inspector.see(inspector.detail, /Rolled back: the disk has no room/);
      await inspector.see(inspector.detail, 'Nothing was written, and nothing will be. It is safe to put it again.');
      await inspector.see(inspector.detail, 'DISK_FULL');
      await inspector.press('Escape');

      tenant.giveBack();
      await until(() => client.isReady(), 'writing resumes');
      await inspector.machine('Flusher').click();
      await inspector.see(inspector.machine('Flusher'), 'unmarked');
      expect((await client.put([{ key: 'free', value: 1, version: 0 }])).status).toBe(200);
      await inspector.page.getByRole('button', { name: 'Clear filters' }).click();
      await inspector.row(/^committed, free, /).waitFor();
    });
  });

  test('shows blocks and what the compactor made of them', async () => {
    await using server = await ServerProcess.start({ args: ['--inspect', ...BLOCKS] });
    using client = new HttpClient(server.url);
    const inspector = await visitor.open(server.url);
    await inspector.seeStatus('live');
    await inspector.see(inspector.blocks, 'No block has been sealed yet');
    // One key again and again: all but its last version can go.
    const merge = inspector.blocks.getByText(/^\d+ blocks: \d+ KiB → [\d.]+ KiB/).first();
    let version = 0;
    for (; version < 24; version += 1) await client.put([{ key: 'apples', value: VALUE, version }]);
    await inspector.press('4');
    await merge.waitFor();
    await inspector.blocks
      .getByRole('listitem', { name: /compacted/ })
      .first()
      .waitFor();
    await inspector.see(inspector.blocks, /\d sealed blocks?, [\d.]+ KiB/);
    await inspector.see(inspector.machine('Compactor'), 'resting');
  });
});

async function putUntilFull(client: HttpClient): Promise<unknown> {
  for (let count = 0; count < PUTS_MAX; count += 1) {
    const { status, json } = await client.put([{ key: `full:${count}`, value: VALUE, version: 0 }]);
    if (status !== 200) return json.code;
  }
  return `${PUTS_MAX} puts on a full disk`;
}
