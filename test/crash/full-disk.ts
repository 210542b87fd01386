/**
 * S9: a file system fills up under a server, and is freed. Nothing that was refused is there, reads go on, and writing
 * resumes by itself.
 */
import { join } from 'node:path';
import { HttpClient } from '../support/http-client.ts';
import { onTmpfs } from '../support/sandbox.ts';
import { ServerProcess } from '../support/server-process.ts';
import { Tenant } from '../support/tenant.ts';
import { until } from '../support/until.ts';

const KEYS = 8;
const VALUE_BYTES = 3000;
/** More than these many puts have no room in two blocks, and no further block can be made. */
const PUTS_INTO_TWO_BLOCKS_MAX = 8;

export interface FullDiskFigures {
  readonly cycles: number;
  readonly acknowledged: number;
  readonly refused: number;
}

/** `mountPoint` must be an empty directory. Rejects with what was wrong. */
export async function fillAndFree(mountPoint: string, cycles: number): Promise<FullDiskFigures> {
  await using server = await ServerProcess.start({
    dataDir: join(mountPoint, 'data'),
    args: ['--max-block-size', '16 KiB', '--max-blocks', '2', '--idle-mark-ms', '60000'],
    // Room for the reserve that merging leaves to the log, so that old blocks go away.
    ...onTmpfs(mountPoint, 'size=40m'),
  });
  const tenant = new Tenant(server.pid, mountPoint);
  const writer = new Writer(server.url);
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    tenant.takeAll();
    await writer.putUntilFull();
    await writer.expectReads();
    tenant.giveBack();
    await writer.resume();
  }
  server.kill('SIGTERM');
  const { code } = await server.waitForExit();
  if (code !== 0) throw new Error(`the stop ended with ${code}\n${server.stderr}`);
  const { acknowledged, refused } = writer;
  return { cycles, acknowledged, refused };
}

/** Writes its keys in turn, and knows what each of them must hold. */
class Writer {
  acknowledged = 0;
  refused = 0;
  readonly #client: HttpClient;
  readonly #versions = new Array<number>(KEYS).fill(0);
  #next = 0;

  constructor(url: string) {
    this.#client = new HttpClient(url);
  }

  async putUntilFull(): Promise<void> {
    for (let count = 0; count <= PUTS_INTO_TWO_BLOCKS_MAX; count += 1) if ((await this.#put()) === 507) return;
    throw new Error('the disk is full, and puts succeed all the same');
  }

  /** Every key has its last acknowledged version, and no value of a refused put. */
  async expectReads(): Promise<void> {
    for (const [index, version] of this.#versions.entries()) {
      const { status, json } = await this.#client.get(keyOf(index));
      const expected = version === 0 ? 404 : 200;
      if (status !== expected || (version > 0 && json.value !== valueText(index, version)))
        throw new Error(`key ${index} should have version ${version}, and is ${status} version ${json.version}`);
    }
    if (await this.#client.isReady()) throw new Error('the disk is full, and the server says that it is ready');
  }

  async resume(): Promise<void> {
    await until(() => this.#client.isReady(), 'writing resumes');
    const status = await this.#put();
    if (status !== 200) throw new Error(`there is room, and a put is answered ${status}`);
  }

  async #put(): Promise<number> {
    const index = this.#next % KEYS;
    const version = this.#versions[index]!;
    const { status, json } = await this.#client.put([
      { key: keyOf(index), value: valueText(index, version + 1), version },
    ]);
    if (status === 200) {
      this.#versions[index] = version + 1;
      this.#next += 1;
      this.acknowledged += 1;
    } else if (status === 507 && json.code === 'DISK_FULL') this.refused += 1;
    else throw new Error(`a put is answered ${status} ${JSON.stringify(json)}`);
    return status;
  }
}

function keyOf(index: number): string {
  return `key-${index}`;
}

function valueText(index: number, version: number): string {
  return `${index}:${version}`.padEnd(VALUE_BYTES);
}
