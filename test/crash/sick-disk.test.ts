/** Disks that cannot read, that hang, and that lie, under the real server. */
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mayUse } from '../support/can-run.ts';
import { HttpClient } from '../support/http-client.ts';
import { readTrace, traced } from '../support/sandbox.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const mayTrace = mayUse('strace');

/** No marks, and blocks of two pages of batches that nobody merges. */
const args = ['--max-block-size', '16 KiB', '--idle-mark-ms', '60000', '--max-blocks', '1000'];
const blockFile = (number: number) => `${String(number).padStart(16, '0')}.log`;

describe.runIf(mayTrace).concurrent('S15 a read that fails at the start', () => {
  /** Reads of a start on `storeOfFourBlocks`: the identity, each block, and the newest one again once it is written anew. */
  const filesRead = ['IDENTITY', 'IDENTITY', ...[1, 2, 3, 4].map(blockFile), `${blockFile(4)}.tmp`];

  test('the reads are these', async () => {
    using root = temporaryRoot();
    const dataDir = await storeOfFourBlocks(root.path);
    await using server = await ServerProcess.start({ dataDir, args, ...readingWith(root.path, dataDir) });
    expect(readTrace(join(root.path, 'strace')).map(({ file }) => file)).toEqual(filesRead);
    server.killNow();
  });

  test.each(filesRead.map((file, index) => [index + 1, file] as const))(
    'number %i, of %s: refused, file and offset named, and nothing is lost',
    async (nth, file) => {
      using root = temporaryRoot();
      const dataDir = await storeOfFourBlocks(root.path);
      await using server = ServerProcess.launch({
        dataDir,
        args,
        ...readingWith(root.path, dataDir, `error=EIO:when=${nth}`),
      });
      expect(await server.waitForExit()).toEqual({ code: 74, signal: null });
      expect(server.stderr).toBe(`concave: cannot read ${join(dataDir, file)} at offset 0: EIO\n`);
      await expectAllSeven(dataDir);
    },
  );

  function readingWith(root: string, dataDir: string, inject?: string) {
    const paths = [...new Set(filesRead)].map((file) => join(dataDir, file));
    return traced({ log: join(root, 'strace'), calls: ['pread64'], paths, ...(inject !== undefined && { inject }) });
  }
});

test.runIf(mayTrace).each(['1', '2'])(
  'S27: a disk that hangs: 504 after putTimeoutMs, gets go on, the key stays held (--threads %s)',
  async (threads) => {
    using root = temporaryRoot();
    const dataDir = join(root.path, 'data');
    await using server = await ServerProcess.start({
      dataDir,
      args: [...args, '--put-timeout-ms', '200', '--threads', threads],
      ...appendsWith(root.path, 'delay_enter=2s:when=2'),
    });
    using client = new HttpClient(server.url);
    using other = new HttpClient(server.url);
    expect(await client.put([{ key: 'early', value: 'v', version: 0 }])).toMatchObject({ status: 200 });
    const late = client.put([{ key: 'late', value: 'v', version: 0 }]);
    expect(await other.get('early')).toMatchObject({ status: 200 });
    expect(await late).toMatchObject({ status: 504, json: { code: 'OUTCOME_UNKNOWN' } });
    // The disk has still not answered: nobody may read or write the key, and puts of other keys wait behind it.
    expect(await other.get('late')).toMatchObject({ status: 404 });
    expect(await other.get('early')).toMatchObject({ status: 200 });
    expect(await other.isReady()).toBe(false);
    expect(await client.put([{ key: 'late', value: 'w', version: 0 }])).toMatchObject({
      status: 409,
      json: { code: 'KEY_IN_FLIGHT', conflicts: [{ key: 'late', reason: 'in_flight' }] },
    });
    expect(await client.put([{ key: 'behind', value: 'v', version: 0 }])).toMatchObject({ status: 504 });

    await until(() => other.isReady(), 'the disk answers');
    for (const key of ['late', 'behind'])
      expect(await other.get(key)).toMatchObject({ status: 200, json: { version: 1 } });
    expect(await client.put([{ key: 'late', value: 'w', version: 1 }])).toMatchObject({ status: 200 });
  },
);

test.runIf(mayTrace)('S28: a disk that loses a batch and says it is there: what came later shows it', async () => {
  using root = temporaryRoot();
  const dataDir = await storeWithLostBatch(root.path, 2, 3);
  await using server = ServerProcess.launch({ dataDir, args: lyingArgs });
  expect(await server.waitForExit()).toEqual({ code: 65, signal: null });
  expect(server.stderr).toContain(`damage in ${join(dataDir, blockFile(1))} at offset 8192, transaction 2: `);
});

test.runIf(mayTrace)('S28: where nothing came later, nothing shows it: the put is gone', async () => {
  using root = temporaryRoot();
  const dataDir = await storeWithLostBatch(root.path, 3, 3);
  await using server = await ServerProcess.start({ dataDir, args: lyingArgs });
  using client = new HttpClient(server.url);
  const found = await Promise.all(['key-1', 'key-2', 'key-3'].map(async (key) => (await client.get(key)).status));
  expect(found).toEqual([200, 200, 404]);
});

/** Room for all batches in one block. */
const lyingArgs = ['--idle-mark-ms', '60000'];

/** Puts `puts` keys, all acknowledged, of which the disk throws one away. */
async function storeWithLostBatch(root: string, lost: number, puts: number): Promise<string> {
  const dataDir = join(root, 'data');
  await using server = await ServerProcess.start({
    dataDir,
    args: lyingArgs,
    ...appendsWith(root, `retval=4096:when=${lost}`),
  });
  using client = new HttpClient(server.url);
  for (let count = 1; count <= puts; count += 1)
    expect(await client.put([{ key: `key-${count}`, value: 'v', version: 0 }])).toMatchObject({ status: 200 });
  server.killNow();
  await server.waitForExit();
  return dataDir;
}

/** Something befalls the batches of the first block. */
function appendsWith(root: string, inject: string) {
  const paths = [join(root, 'data', blockFile(1))];
  return traced({ log: join(root, 'strace'), calls: ['pwrite64'], paths, inject });
}

/** Seven keys, two a block, and killed: the newest block must be written anew. */
async function storeOfFourBlocks(root: string): Promise<string> {
  const dataDir = join(root, 'data');
  await using server = await ServerProcess.start({ dataDir, args });
  using client = new HttpClient(server.url);
  for (let count = 1; count <= 7; count += 1)
    expect(await client.put([{ key: `key-${count}`, value: 'v', version: 0 }])).toMatchObject({ status: 200 });
  server.killNow();
  await server.waitForExit();
  return dataDir;
}

async function expectAllSeven(dataDir: string): Promise<void> {
  await using server = await ServerProcess.start({ dataDir, args });
  using client = new HttpClient(server.url);
  for (let count = 1; count <= 7; count += 1) expect(await client.get(`key-${count}`)).toMatchObject({ status: 200 });
}

function temporaryRoot() {
  return mkdtempDisposableSync(join(tmpdir(), 'concave-sick-'));
}
