/** Every setting: kind, unit, bounds, default and what it does. Help, sample file and loader are made from this table. */
import {
  choice,
  GiB,
  hostList,
  integer,
  KiB,
  type Kind,
  listenAddress,
  MiB,
  milliseconds,
  onOff,
  optionalPath,
  optionalSocketUrl,
  originList,
  path,
  shareOfHeap,
  size,
  threadCount,
} from './kinds.ts';

export interface Setting<Value> {
  readonly group: Group;
  readonly kind: Kind<Value>;
  /** Written as a person would; empty where nothing is the default. */
  readonly default: string;
  /** One sentence for the person who runs the server. */
  readonly about: string;
  /** Where the flag is not called as the setting is. */
  readonly flag?: string;
}

/** In the order in which help and sample show them. */
export const groups = [
  'Storage',
  'Network',
  'Limits of one put',
  'Limits of the server',
  'Inspector',
  'Logging',
] as const;
export type Group = (typeof groups)[number];

/** The relations between settings are in `relations.ts`. */
export const settings = {
  dataDir: {
    group: 'Storage',
    kind: path(),
    default: './data',
    about: 'Directory of the store; made at the first start, for its owner only.',
  },
  batchTime: {
    group: 'Storage',
    kind: milliseconds({ min: 0, max: 1000 }),
    default: '0',
    about: 'How long a batch is held open to fill; 0 writes as soon as the last write is done. Below putTimeoutMs.',
  },
  maxBatchSize: {
    group: 'Storage',
    // The upper bound is what a batch may have by its format.
    kind: size({ min: 1, max: 16 * MiB }),
    default: '8 KiB',
    about: 'Waiting bytes that end the wait of batchTime.',
  },
  maxBlockSize: {
    group: 'Storage',
    kind: size({ min: 16 * KiB, max: 64 * MiB, multipleOf: 4 * KiB }),
    default: '4 MiB',
    about: 'Size of a log block on disk; a batch larger than that gets a block of its own size.',
  },
  maxBlocks: {
    group: 'Storage',
    kind: integer({ min: 1, max: 1000 }),
    default: '10',
    about: 'Sealed blocks kept at rest; where there are more, the compactor merges the newest.',
  },
  idleMarkMs: {
    group: 'Storage',
    kind: milliseconds({ min: 10, max: 60_000 }),
    default: '100',
    about: 'Time without a put after which the last batch is marked, so that later damage to it is noticed.',
  },
  putTimeoutMs: {
    group: 'Storage',
    kind: milliseconds({ min: 100, max: 300_000 }),
    default: '10000',
    about: 'How long a put waits for the disk before it is answered 504 OUTCOME_UNKNOWN.',
  },

  listen: {
    group: 'Network',
    kind: listenAddress(),
    default: '127.0.0.1:8080',
    about: 'Address to serve on; any but a loopback one needs a token. In YAML an IPv6 address needs quotes.',
  },
  hosts: {
    group: 'Network',
    kind: hostList(),
    default: '',
    about: 'Names by which requests may call the server, besides localhost, 127.0.0.1 and [::1]; others get 421.',
  },
  origins: {
    group: 'Network',
    kind: originList(),
    default: '',
    about: 'Web origins whose pages may send requests; others get 403.',
  },
  tokenFile: {
    group: 'Network',
    kind: optionalPath(),
    default: '',
    about: 'File with the token that requests must bear, readable by its owner only (mode 0600).',
  },
  maxConnections: {
    group: 'Network',
    kind: integer({ min: 1, max: 1_000_000 }),
    default: '1000',
    about:
      'Connections at once; below the open files that the process may have, less 64 and 8 a thread (the default gives way).',
  },
  pipelinedRequestsMax: {
    group: 'Network',
    kind: integer({ min: 1, max: 1000 }),
    default: '16',
    about: 'Requests in work for one connection; beyond, it is not read from.',
  },
  headersTimeoutMs: {
    group: 'Network',
    kind: milliseconds({ min: 100, max: 60_000 }),
    default: '5000',
    about: 'How long a client may take to send the headers of a request. At most requestTimeoutMs.',
  },
  requestTimeoutMs: {
    group: 'Network',
    kind: milliseconds({ min: 100, max: 600_000 }),
    default: '10000',
    about: 'How long a client may take to send a whole request; then it gets 408.',
  },
  keepAliveTimeoutMs: {
    group: 'Network',
    kind: milliseconds({ min: 100, max: 600_000 }),
    default: '5000',
    about: 'How long a connection may stay idle between two requests.',
  },

  keyBytesMax: {
    group: 'Limits of one put',
    kind: size({ min: 1, max: 64 * KiB }),
    default: '1 KiB',
    about: 'UTF-8 bytes of a key. At most bodyBytesMax.',
  },
  valueBytesMax: {
    group: 'Limits of one put',
    kind: size({ min: 1, max: 8 * MiB }),
    default: '1 MiB',
    about: 'Encoded bytes of a value. At most bodyBytesMax.',
  },
  arrayLengthMax: {
    group: 'Limits of one put',
    kind: integer({ min: 1, max: 1_000_000 }),
    default: '10000',
    about: 'Numbers in an array.',
  },
  operationsMax: {
    group: 'Limits of one put',
    kind: integer({ min: 1, max: 1_000_000 }),
    default: '10000',
    about: 'Keys in a put; in a batch those of all its puts, and its gets.',
  },
  bodyBytesMax: {
    group: 'Limits of one put',
    kind: size({ min: 1 * KiB, max: 64 * MiB }),
    default: '8 MiB',
    about: 'Bytes of a request body; a larger one gets 413. At most queuedBytesMax.',
  },

  threads: {
    group: 'Limits of the server',
    kind: threadCount({ max: 64 }),
    default: 'auto',
    about:
      'Threads that serve HTTP; one more has the store. 1 serves in the same thread. auto: one less than the cores.',
  },
  queuedPutsMax: {
    group: 'Limits of the server',
    kind: integer({ min: 1, max: 1_000_000 }),
    default: '10000',
    about: 'Puts waiting for their answer; more get 503.',
  },
  queuedBytesMax: {
    group: 'Limits of the server',
    kind: size({ min: 1 * KiB, max: 4 * GiB }),
    default: '64 MiB',
    about: 'Bytes of the puts waiting for their answer; more get 503.',
  },
  memoryMax: {
    group: 'Limits of the server',
    kind: shareOfHeap({ min: 1 * MiB }),
    default: '60 %',
    about:
      'Memory of keys and values with overhead; a put beyond gets 507. NODE_OPTIONS=--max-old-space-size=MIB moves the limit.',
  },
  maxKeys: {
    group: 'Limits of the server',
    // A Map ends just below 2^24 entries.
    kind: integer({ min: 1, max: 16_000_000 }),
    default: '16000000',
    about: 'Keys in the store; a put beyond gets 507.',
  },

  inspector: {
    group: 'Inspector',
    kind: onOff(),
    default: 'false',
    flag: '--inspect',
    about: 'Serves the page /inspect, on which every put can be watched, to whoever may use the API.',
  },
  inspectorKeys: {
    group: 'Inspector',
    kind: choice(['shown', 'hidden']),
    default: 'shown',
    about: 'Whether inspectors see keys, or a label in place of each.',
  },
  inspectorValues: {
    group: 'Inspector',
    kind: choice(['shown', 'hidden']),
    default: 'hidden',
    about: 'Whether inspectors see the values of puts.',
  },
  inspectUrl: {
    group: 'Inspector',
    kind: optionalSocketUrl(),
    default: '',
    about: 'An XState inspector that is already running, to which the same is sent; needs no inspector of our own.',
  },

  logLevel: {
    group: 'Logging',
    kind: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    about: 'Least severe level that is logged; the ready line is printed in any case.',
  },
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof settings;

export type SettingValues = {
  readonly [Name in SettingName]: (typeof settings)[Name]['kind'] extends Kind<infer Value> ? Value : never;
};

export const settingNames = Object.keys(settings) as SettingName[];

/** Settings that are a secret or name where settings are, and so are not in the table. */
export const tokenVariable = 'CONCAVE_TOKEN';
export const configFileFlag = '--config';
export const configFileVariable = 'CONCAVE_CONFIG';

/** `maxBlockSize` is `--max-block-size`, unless the table says otherwise. */
export function flagOf(name: SettingName): string {
  const { flag }: Setting<unknown> = settings[name];
  return flag ?? `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `maxBlockSize` is `CONCAVE_MAX_BLOCK_SIZE`. */
export function variableOf(name: SettingName): string {
  return `CONCAVE_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
