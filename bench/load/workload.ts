/**
 * What the load client asks for: one conversation for each connection, which makes the next request and reads the answer.
 * Conversations of one workload never share a key, so none is ever refused; where one is all the same, the run fails.
 */
import { bodyOf, getText, httpReplyLength, postText, statusOf } from './http-text.ts';
import { keyText } from './key-text.ts';
import { redisReplyLength, redisText } from './redis-text.ts';

/** Keys begin with `name`, 8 characters. `keys` are all together: the same number for each connection, at least one. */
interface Keys {
  readonly name: string;
  readonly keys: number;
}

export type Workload =
  /** Puts of one object each. `firstVersion` is the one that the keys have at the start, 0 where there are none. */
  | ({ readonly kind: 'put'; readonly firstVersion?: number } & Keys)
  | ({ readonly kind: 'get' } & Keys)
  | { readonly kind: 'getMissing'; readonly name: string }
  /** One put of so many objects; at most as many as each connection has keys. */
  | ({ readonly kind: 'putMany'; readonly objects: number } & Keys)
  /** So many puts of one object each in a request to `/v1/batch`. */
  | ({ readonly kind: 'batch'; readonly objects: number } & Keys)
  /** Reads a key of its own, adds one to its value and puts that. */
  | { readonly kind: 'increment'; readonly name: string }
  /** The put of one object as a transaction of etcd, through its JSON gateway. */
  | ({ readonly kind: 'etcdPut' } & Keys)
  | ({ readonly kind: 'redisSet' } & Keys)
  /** The put of one object as a script of Redis that was loaded before and is called `sha`. */
  | ({ readonly kind: 'redisPut'; readonly sha: string } & Keys);

export interface Conversation {
  /** The next request, ASCII. */
  next(): string;
  /** Bytes of the reply at the start of `bytes`, `undefined` while that cannot be told. */
  replyLength(bytes: Buffer): number | undefined;
  /** How much was done, by a whole reply: reads answered, objects or transactions committed. Throws if it is not what it should be. */
  take(reply: Buffer): number;
}

export interface Place {
  /** Of the server, with its port. */
  readonly host: string;
  /** Which of so many `connections`, from 0. */
  readonly connection: number;
  readonly connections: number;
}

export function converse(workload: Workload, { host, connection, connections }: Place): Conversation {
  if (workload.kind === 'getMissing') return gets(host, () => keyText(workload.name, connection), '404');
  if (workload.kind === 'increment') return increments(host, keyText(workload.name, connection));
  const keys = new OwnKeys(workload, connection, connections);
  switch (workload.kind) {
    case 'get':
      return gets(host, () => keys.next().key, '200');
    case 'put':
      return puts(host, '/v1/put', 1, () => `[${objectText(keys.next(), workload.firstVersion)}]`);
    case 'putMany':
      return puts(
        host,
        '/v1/put',
        workload.objects,
        () => `[${listText(workload.objects, () => objectText(keys.next()))}]`,
      );
    case 'batch':
      return batches(host, workload.objects, () => `{"put":[${objectText(keys.next())}]}`);
    case 'etcdPut':
      return etcdPuts(host, keys);
    case 'redisSet':
      return redis('+OK\r\n', () => {
        const { key } = keys.next();
        return redisText('SET', key, key);
      });
    case 'redisPut':
      return redis(':1\r\n', () => {
        const { key, version } = keys.next();
        return redisText('EVALSHA', workload.sha, '1', key, String(version), key, String(version + 1));
      });
  }
}

interface KeyAt {
  readonly key: string;
  /** As often as it was asked for before. */
  readonly version: number;
}

/** The keys of one connection, over and over, each round in the same order that jumps about. */
class OwnKeys {
  /** A prime: with it, all keys are met once before any comes a second time, unless their number is a multiple of it. */
  static readonly STRIDE = 7919;
  readonly #name: string;
  readonly #first: number;
  readonly #count: number;
  #asked = 0;

  constructor({ name, keys }: Keys, connection: number, connections: number) {
    this.#count = Math.max(1, Math.floor(keys / connections));
    if (this.#count % OwnKeys.STRIDE === 0)
      throw new Error(`${this.#count} keys a connection cannot be jumped about in`);
    this.#name = name;
    this.#first = connection * this.#count;
  }

  next(): KeyAt {
    const number = this.#first + ((this.#asked * OwnKeys.STRIDE) % this.#count);
    const version = Math.floor(this.#asked / this.#count);
    this.#asked += 1;
    return { key: keyText(this.#name, number), version };
  }
}

function objectText({ key, version }: KeyAt, firstVersion = 0): string {
  return `{"key":"${key}","value":"${key}","version":${version + firstVersion}}`;
}

function listText(length: number, element: () => string): string {
  let text = element();
  for (let count = 1; count < length; count += 1) text += `,${element()}`;
  return text;
}

function gets(host: string, key: () => string, status: '200' | '404'): Conversation {
  return {
    next: () => getText(host, `/v1/get?key=${key()}`),
    replyLength: httpReplyLength,
    take: (reply) => expectStatus(reply, status, 1),
  };
}

function puts(host: string, path: string, objects: number, body: () => string): Conversation {
  return {
    next: () => postText(host, path, body()),
    replyLength: httpReplyLength,
    take: (reply) => expectStatus(reply, '200', objects),
  };
}

function batches(host: string, size: number, put: () => string): Conversation {
  return {
    ...puts(host, '/v1/batch', size, () => `[${listText(size, put)}]`),
    take(reply) {
      expectStatus(reply, '200', size);
      const committed = bodyOf(reply).split('{"status":200,').length - 1;
      if (committed !== size) throw new Error(`${size - committed} of ${size} puts of a batch failed`);
      return size;
    },
  };
}

/** Only what was committed counts. A refusal is no failure here: the next round reads the key again. */
function increments(host: string, key: string): Conversation {
  let read: { value: number; version: number } | undefined;
  return {
    next() {
      if (!read) return getText(host, `/v1/get?key=${key}`);
      return postText(host, '/v1/put', `[{"key":"${key}","value":${read.value + 1},"version":${read.version}}]`);
    },
    replyLength: httpReplyLength,
    take(reply) {
      const status = statusOf(reply);
      if (read) {
        read = undefined;
        if (status === '200') return 1;
        if (status === '412' || status === '409') return 0;
      } else if (status === '404') {
        read = { value: 0, version: 0 };
        return 0;
      } else if (status === '200') {
        read = JSON.parse(bodyOf(reply)) as { value: number; version: number };
        return 0;
      }
      throw unexpected(reply);
    },
  };
}

function etcdPuts(host: string, keys: OwnKeys): Conversation {
  return {
    next() {
      const { key, version } = keys.next();
      const base64 = Buffer.from(key).toString('base64');
      return postText(
        host,
        '/v3/kv/txn',
        `{"compare":[{"key":"${base64}","target":"VERSION","result":"EQUAL","version":"${version}"}],"success":[{"requestPut":{"key":"${base64}","value":"${base64}"}}]}`,
      );
    },
    replyLength: httpReplyLength,
    take(reply) {
      if (!bodyOf(reply).includes('"succeeded":true')) throw unexpected(reply);
      return expectStatus(reply, '200', 1);
    },
  };
}

function redis(answer: string, next: () => string): Conversation {
  return {
    next,
    replyLength: redisReplyLength,
    take(reply) {
      if (reply.toString('latin1') !== answer) throw unexpected(reply);
      return 1;
    },
  };
}

function expectStatus(reply: Buffer, status: string, done: number): number {
  if (statusOf(reply) !== status) throw unexpected(reply);
  return done;
}

function unexpected(reply: Buffer): Error {
  return new Error(`an unexpected reply: ${reply.toString('latin1', 0, 1000)}`);
}
