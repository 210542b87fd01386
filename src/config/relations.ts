/** How settings relate to each other, to the token and to the machine; each is checked before the server starts. */
import { isIPv4, isIPv6 } from 'node:net';
import { ConfigError } from './config-error.ts';
import { formatBytes, type ListenAddress, type Machine } from './kinds.ts';
import { type SettingName, type SettingValues, settings, tokenVariable } from './settings.ts';

/** Where each setting comes from: `--max-blocks`, `CONCAVE_MAX_BLOCKS`, `concave.yaml line 3`, or `default`. */
export type SettingSources = Readonly<Record<SettingName, string>>;
export const fromDefault = 'default';

interface Order {
  readonly smaller: SettingName;
  readonly larger: SettingName;
  readonly mayBeEqual: boolean;
}

const orders: readonly Order[] = [
  // Else a lone put is answered *unknown* while its batch is still being held open.
  { smaller: 'batchTime', larger: 'putTimeoutMs', mayBeEqual: false },
  // The headers are part of the request: with less time for the whole, their own limit would mean nothing.
  { smaller: 'headersTimeoutMs', larger: 'requestTimeoutMs', mayBeEqual: true },
  // A key or value beyond the body could not be put.
  { smaller: 'keyBytesMax', larger: 'bodyBytesMax', mayBeEqual: true },
  { smaller: 'valueBytesMax', larger: 'bodyBytesMax', mayBeEqual: true },
  // Else a put that is allowed would be refused for ever as one too many.
  { smaller: 'bodyBytesMax', larger: 'queuedBytesMax', mayBeEqual: true },
];

/** Descriptors kept back for the log, the compactor and the runtime itself; and for what the runtime needs for a thread. */
const reservedFiles = 64;
const reservedFilesPerThread = 8;

/** The first relation that does not hold, or `undefined`. */
export function brokenRelation(
  values: SettingValues,
  sources: SettingSources,
  token: string | undefined,
): ConfigError | undefined {
  for (const { smaller, larger, mayBeEqual } of orders) {
    const [low, high] = [values[smaller] as number, values[larger] as number];
    if (low < high || (mayBeEqual && low === high)) continue;
    const bound = mayBeEqual ? 'at most' : 'below';
    const limit = `${larger} (${sources[larger]}), which is ${show(larger, high)}`;
    return new ConfigError(`${smaller} (${sources[smaller]}) is ${show(smaller, low)}, allowed is ${bound} ${limit}`);
  }
  if (token === undefined && !isLoopback(values.listen)) {
    return new ConfigError(
      `listen (${sources.listen}) is ${formatAddress(values.listen)}, which others can reach; allowed without a token is a loopback address such as 127.0.0.1:8080; set ${tokenVariable} or tokenFile`,
    );
  }
  return undefined;
}

/**
 * The connections that the process has file descriptors for. The default gives way to a tight limit, with a note to
 * log; a figure that somebody chose does not.
 */
export function fitConnections(
  { maxConnections: chosen, threads }: Pick<SettingValues, 'maxConnections' | 'threads'>,
  source: string,
  { openFilesMax }: Machine,
): { readonly maxConnections: number; readonly note?: string } | ConfigError {
  const reserved = reservedFiles + (threads > 1 ? threads * reservedFilesPerThread : 0);
  if (openFilesMax === undefined || chosen < openFilesMax - reserved) return { maxConnections: chosen };
  const fitting = openFilesMax - reserved - 1;
  const limit = `the process may have ${openFilesMax} files open and needs ${reserved} for itself`;
  if (source === fromDefault && fitting >= 1) {
    return { maxConnections: fitting, note: `maxConnections lowered from ${chosen} to ${fitting}: ${limit}` };
  }
  const allowed = fitting >= 1 ? `allowed is at most ${fitting}` : 'none is allowed';
  return new ConfigError(`maxConnections (${source}) is ${chosen}, ${allowed}: ${limit} (see ulimit -n)`);
}

/** Whether only this machine can reach the address. */
export function isLoopback({ host }: ListenAddress): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  if (isIPv6(host)) return URL.canParse(`http://[${host}]`) && new URL(`http://[${host}]`).hostname === '[::1]';
  return host.toLowerCase() === 'localhost';
}

export function formatAddress({ host, port }: ListenAddress): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function show(name: SettingName, value: number): string {
  const { takes } = settings[name].kind;
  if (takes === 'SIZE') return formatBytes(value);
  return takes === 'MS' ? `${value} ms` : String(value);
}
