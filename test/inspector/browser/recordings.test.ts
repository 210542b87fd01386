import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { mayUse } from '../../support/can-run.ts';
import { HttpClient } from '../../support/http-client.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { type InspectorPage, TEST_MS_MAX } from './support/inspector-page.ts';
import { visiting } from './support/visitor.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe.skipIf(!mayUse('chromium'))('recordings of the inspector', { timeout: TEST_MS_MAX }, () => {
  const visitor = visiting();
  let directory: string;
  let server: ServerProcess;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'concave-recordings-'));
    server = await ServerProcess.start({ args: ['--inspect'] });
    using client = new HttpClient(server.url);
    // What is seen of the loser below needs a key that was there before.
    await client.put([{ key: 'apples', value: 1, version: 0 }]);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });

  async function watchStalePut(): Promise<InspectorPage> {
    const inspector = await visitor.open(server.url);
    await inspector.seeStatus('live');
    using client = new HttpClient(server.url);
    await client.put([{ key: 'apples', value: 2, version: 7 }]);
    await inspector.row(/^stale, apples, /).waitFor();
    return inspector;
  }

  test('one that was saved is opened by the page of a server, and by a page without a server', async () => {
    const live = await watchStalePut();
    const recording = await live.save(directory, () => live.press('s'));

    const inspector = await visitor.open(server.url);
    await inspector.seeStatus('live');
    await inspector.choose(recording, () => inspector.press('o'));
    await inspector.seeStatus(`recording ${basename(recording)}`);
    await inspector.seeStatus('at its end');
    await seeStalePut(inspector);
    await inspector.press('End');
    await inspector.seeStatus('live');

    const copy = join(directory, 'inspector.html');
    const { status, stderr } = spawnSync(process.execPath, ['scripts/inspect-copy.ts', copy], { cwd: root });
    if (status !== 0) throw new Error(String(stderr));
    const alone = await visitor.open(pathToFileURL(copy).href);
    await alone.choose(recording, () => alone.page.getByRole('button', { name: 'Choose a file' }).click());
    await alone.seeStatus(`recording ${basename(recording)}`);
    await seeStalePut(alone);
  });

  test('one that was saved as a page shows itself, and can be saved again', async () => {
    const live = await watchStalePut();
    const page = await live.save(directory, () => live.page.getByRole('button', { name: 'Save as page' }).click());
    const alone = await visitor.open(pathToFileURL(page).href);
    await alone.seeStatus('recording in this page');
    await seeStalePut(alone);

    const again = await alone.save(directory, () => alone.press('Shift+S'));
    const second = await visitor.open(pathToFileURL(again).href);
    await second.seeStatus('recording in this page');
    await seeStalePut(second);
  });

  test('a file that is none says what is wrong with it, and changes nothing', async () => {
    const inspector = await visitor.open(server.url);
    await inspector.seeStatus('live');
    for (const [name, text, words] of [
      ['broken.json', '{"format":1,"fra', 'broken.json: it is not JSON: '],
      ['other.json', '{"name":"concave"}', 'this JSON is something else'],
      ['newer.json', '{"format":2,"hello":{},"frames":[]}', 'it has format 2; this page reads format 1'],
    ] as const) {
      const path = join(directory, name);
      writeFileSync(path, text);
      await inspector.choose(path, () => inspector.page.getByRole('button', { name: 'Open', exact: true }).click());
      const problem = inspector.page.getByRole('dialog', { name: 'This is no recording of concave' });
      await inspector.see(problem, words);
      await problem.getByRole('button', { name: 'Close' }).click();
      await inspector.seeStatus('live');
    }
  });
});

async function seeStalePut(inspector: InspectorPage): Promise<void> {
  await inspector.openPut(inspector.row(/^stale, apples, /).first());
  await inspector.see(inspector.detail, 'Refused: apples was expected at version 7 but is at 1');
  // Its path is drawn in the chart.
  await inspector.see(inspector.state('rejected'), '✕');
}
