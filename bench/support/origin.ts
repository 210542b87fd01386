/** Where figures come from: the machine, the versions, the day and the sources. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { sourceVersion } from '../../scripts/support/source-version.ts';

export interface Origin {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly versions: string;
}

/** What is measured: figures hold for these files as they are. */
const MEASURED = ['src', 'bench', 'proto', 'package-lock.json'];
const TMPFS = 0x01021994;
const EXT4 = 0xef53;
const fileSystems: Readonly<Record<number, string>> = { [TMPFS]: 'tmpfs', [EXT4]: 'ext4', 1481003842: 'xfs' };
const packages = ['fastify', 'xstate', 'lmdb'] as const;

export function originOf(directory: string): Origin {
  const [date] = new Date().toISOString().split('T');
  return { date: date!, commit: commitOf(), machine: machine(directory), versions: versions() };
}

export function originLine({ date, commit, machine, versions }: Origin): string {
  return `Measured on ${date} at commit ${commit}: ${machine}; ${versions}.`;
}

/** Syncs cost nothing there, so nothing durable can be measured. */
export function isInMemory(directory: string): boolean {
  return statfsSync(directory).type === TMPFS;
}

function machine(directory: string): string {
  const cpus = os.cpus();
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  const { type } = statfsSync(directory);
  const fileSystem = fileSystems[type] ?? `file system 0x${type.toString(16)}`;
  return `${cpus.length} × ${cpus[0]?.model.trim() || 'unknown processor'}, ${memory}, ${os.type()} ${os.release()} ${os.arch()}, ${fileSystem}`;
}

function versions(): string {
  const { node, sqlite } = process.versions;
  const rivals = [
    versionOf('redis-server', 'Redis', /v=([\d.]+)/),
    versionOf('etcd', 'etcd', /etcd Version: ([\d.]+)/),
  ];
  const named = packages.map((name) => `${name} ${packageVersion(name)}`);
  return [`Node ${node}`, ...named, `SQLite ${sqlite}`, ...rivals.filter((text) => text !== undefined)].join(', ');
}

function packageVersion(name: string): string {
  const entry = createRequire(import.meta.url).resolve(name);
  const end = entry.indexOf(`node_modules/${name}/`) + `node_modules/${name}`.length;
  return (JSON.parse(readFileSync(path.join(entry.slice(0, end), 'package.json'), 'utf8')) as { version: string })
    .version;
}

function versionOf(command: string, name: string, pattern: RegExp): string | undefined {
  try {
    const said = execFileSync(command, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return `${name} ${pattern.exec(said)?.[1] ?? 'of unknown version'}`;
  } catch {
    return undefined;
  }
}

/** A copy without git can be measured too. */
function commitOf(): string {
  try {
    return sourceVersion(MEASURED);
  } catch {
    return 'unknown';
  }
}
