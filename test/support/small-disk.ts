/**
 * A small file system in memory that outlives the servers on it. It belongs to a process that does nothing else; each
 * server is started in the namespaces of that one, and sees the same files as the server before it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { inNamespacesOf, onTmpfs, type Sandbox } from './sandbox.ts';
import { Tenant } from './tenant.ts';

/** Use it with `await using`, and end the servers first. */
export class SmallDisk {
  readonly #holder: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #tenant: Tenant;

  /** `mountPoint` must be an empty directory. Options as `mount` takes them. */
  static async mount(mountPoint: string, options: string): Promise<SmallDisk> {
    const [file, ...args] = onTmpfs(mountPoint, options, 'echo mounted').prefix;
    // It ends with its standard input: also where this process is killed and can end nobody.
    const holder = spawn(file!, [...args, 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const disk = new SmallDisk(holder, mountPoint);
    const said = await Promise.race([once(holder.stdout, 'data').then(String), disk.#ended]);
    if (said !== 'mounted\n') throw new Error(`no file system at ${mountPoint}: ${file} ended`);
    return disk;
  }

  private constructor(holder: ChildProcess, mountPoint: string) {
    this.#holder = holder;
    this.#ended = once(holder, 'close');
    this.#tenant = new Tenant(holder.pid!, mountPoint);
  }

  /** For the servers on it. */
  get sandbox(): Sandbox {
    return inNamespacesOf(this.#holder.pid!);
  }

  fill(): void {
    this.#tenant.takeAll();
  }

  free(): void {
    this.#tenant.giveBack();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder.kill('SIGKILL');
    await this.#ended;
  }
}
