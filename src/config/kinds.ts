/** The kinds of value that a setting can have: how each is written, what is allowed, and how its text is read. */
import { isIPv4, isIPv6 } from 'node:net';
import { resolve } from 'node:path';

export interface Kind<Value> {
  /** Placeholder in the help: `SIZE`. */
  readonly takes: string;
  /** Completes the sentence *allowed is …*. */
  readonly allowed: string;
  /** Lists are written `a,b`, or as a YAML sequence. */
  readonly isList: boolean;
  /** As a flag it may stand alone, and then means `true`. */
  readonly isSwitch?: true;
  /** `undefined` if the text is not what `allowed` says. Takes the same text whatever source it comes from. */
  read(text: string, machine: Machine): { readonly value: Value } | undefined;
}

/** What the settings need to know of the process and the machine it runs on. */
export interface Machine {
  /** Relative paths start here. */
  readonly workingDirectory: string;
  /** Processors that this process may use at one time. */
  readonly cores: number;
  /** Bytes that the JavaScript heap may grow to. */
  readonly heapBytesMax: number;
  /** File descriptors that the process may have open; `undefined` where that is unlimited or cannot be told. */
  readonly openFilesMax: number | undefined;
}

export interface ListenAddress {
  /** IPv4 address, IPv6 address without brackets, or host name. */
  readonly host: string;
  /** 0: the system picks a free one. */
  readonly port: number;
}

export const KiB = 1024;
export const MiB = 1024 * KiB;
export const GiB = 1024 * MiB;

export function integer({ min, max }: { min: number; max: number }): Kind<number> {
  return {
    takes: 'INTEGER',
    allowed: `an integer from ${min} to ${max}`,
    isList: false,
    read: (text) => within(min, max, readDigits(text)),
  };
}

export function milliseconds({ min, max }: { min: number; max: number }): Kind<number> {
  return {
    takes: 'MS',
    allowed: `${min} to ${max} ms`,
    isList: false,
    read: (text) => within(min, max, readDigits(text.replace(/ ?ms$/, ''))),
  };
}

export function size({ min, max, multipleOf = 1 }: { min: number; max: number; multipleOf?: number }): Kind<number> {
  const steps = multipleOf === 1 ? '' : `, a multiple of ${formatBytes(multipleOf)}`;
  return {
    takes: 'SIZE',
    allowed: `${formatBytes(min)} to ${formatBytes(max)}${steps}`,
    isList: false,
    read(text) {
      const bytes = readBytes(text);
      return bytes !== undefined && bytes % multipleOf === 0 ? within(min, max, bytes) : undefined;
    },
  };
}

/** A size, or a percentage of the heap limit; never more than that limit. The value is in bytes. */
export function shareOfHeap({ min }: { min: number }): Kind<number> {
  return {
    takes: 'SIZE',
    allowed: `${formatBytes(min)} to the V8 heap limit, or 1 % to 100 % of that limit`,
    isList: false,
    read(text, { heapBytesMax }) {
      const percent = readDigits(/^(.*?) ?%$/.exec(text)?.[1] ?? '');
      if (percent === undefined) return within(min, heapBytesMax, readBytes(text));
      const share = within(1, 100, percent);
      return share && { value: Math.floor((heapBytesMax * share.value) / 100) };
    },
  };
}

/** `auto` leaves one core to the store. */
export function threadCount({ max }: { max: number }): Kind<number> {
  return {
    takes: 'INTEGER',
    allowed: `an integer from 1 to ${max}, or auto: the cores of the machine less one, at least 1`,
    isList: false,
    read: (text, { cores }) =>
      text === 'auto' ? { value: Math.min(Math.max(cores - 1, 1), max) } : within(1, max, readDigits(text)),
  };
}

export function choice<const Choice extends string>(choices: readonly Choice[]): Kind<Choice> {
  return {
    takes: 'NAME',
    allowed: choices.join(', '),
    isList: false,
    read(text) {
      const value = choices.find((choice) => choice === text);
      return value === undefined ? undefined : { value };
    },
  };
}

export function onOff(): Kind<boolean> {
  return {
    takes: 'true|false',
    allowed: 'true or false',
    isList: false,
    isSwitch: true,
    read: (text) => (text === 'true' || text === 'false' ? { value: text === 'true' } : undefined),
  };
}

/** Of a WebSocket, or `undefined` for the empty text. */
export function optionalSocketUrl(): Kind<string | undefined> {
  return {
    takes: 'URL',
    allowed: 'a URL that begins with ws:// or wss:// and has no user, password or fragment; or nothing',
    isList: false,
    read(text) {
      if (text === '') return { value: undefined };
      if (!/^wss?:\/\//.test(text) || !URL.canParse(text)) return undefined;
      const { username, password, hash } = new URL(text);
      return username === '' && password === '' && hash === '' ? { value: text } : undefined;
    },
  };
}

/** The value is an absolute path. */
export function path(): Kind<string> {
  return {
    takes: 'PATH',
    allowed: 'a path',
    isList: false,
    read: (text, machine) => (isPath(text) ? { value: resolve(machine.workingDirectory, text) } : undefined),
  };
}

/** An absolute path, or `undefined` for the empty text. */
export function optionalPath(): Kind<string | undefined> {
  return {
    takes: 'PATH',
    allowed: 'a path, or nothing',
    isList: false,
    read: (text, machine) => (text === '' ? { value: undefined } : path().read(text, machine)),
  };
}

export function listenAddress(): Kind<ListenAddress> {
  return {
    takes: 'HOST:PORT',
    allowed: 'HOST:PORT with a port from 0 (any free one) to 65535, and an IPv6 address in brackets',
    isList: false,
    read(text) {
      const [, host = '', digits = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
      const port = within(0, 65_535, readDigits(digits));
      return port && isHost(host) ? { value: { host: withoutBrackets(host), port: port.value } } : undefined;
    },
  };
}

/** Names as the `Host` header has them: lower case, with the port where the header has one. */
export function hostList(): Kind<readonly string[]> {
  return list({
    takes: 'HOST[:PORT]',
    allowed: 'host names as in a Host header, lower case, with :PORT where the header has it',
    isItem(text) {
      const host = text.replace(/:\d{1,5}$/, '');
      return text === text.toLowerCase() && isHost(host);
    },
  });
}

/** Origins as browsers send them: scheme, host, and port unless it is the scheme's own. */
export function originList(): Kind<readonly string[]> {
  return list({
    takes: 'ORIGIN',
    allowed: 'origins as browsers send them, such as https://example.org or http://localhost:3000',
    isItem: (text) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text,
  });
}

/** `8388608` is `8 MiB`; what is no whole multiple stays in the next smaller unit. */
export function formatBytes(bytes: number): string {
  const [unit, name] = (
    [
      [GiB, 'GiB'],
      [MiB, 'MiB'],
      [KiB, 'KiB'],
    ] as const
  ).find(([unit]) => bytes % unit === 0) ?? [1, 'B'];
  return `${bytes / unit} ${name}`;
}

function list(item: { takes: string; allowed: string; isItem: (text: string) => boolean }): Kind<readonly string[]> {
  return {
    takes: `${item.takes},…`,
    allowed: item.allowed,
    isList: true,
    read(text) {
      const items = text === '' ? [] : text.split(',').map((part) => part.trim());
      const isDoubled = new Set(items).size !== items.length;
      return items.every(item.isItem) && !isDoubled ? { value: items } : undefined;
    },
  };
}

function within(min: number, max: number, value: number | undefined): { readonly value: number } | undefined {
  return value !== undefined && value >= min && value <= max ? { value } : undefined;
}

function readDigits(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function readBytes(text: string): number | undefined {
  const [, digits = '', unit = 'B'] = /^(\d{1,15}) ?(B|KiB|MiB|GiB)?$/.exec(text) ?? [];
  const count = readDigits(digits);
  return count === undefined ? undefined : count * { B: 1, KiB, MiB, GiB }[unit as 'B' | 'KiB' | 'MiB' | 'GiB'];
}

function isPath(text: string): boolean {
  return text !== '' && !text.includes('\0');
}

function isHost(text: string): boolean {
  if (text.startsWith('[')) return text.endsWith(']') && isIPv6(withoutBrackets(text));
  return isIPv4(text) || /^(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$/.test(text);
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
