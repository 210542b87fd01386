/** What an entry of the corpus is, and how its bytes are written. */
import type { ErrorCode } from '../../../src/http/failures.ts';
import { type Headers, requestText } from '../support/http-fixture.ts';

/** One request as bytes, and what `docs/http.md` says that it is answered with. */
export interface CorpusEntry {
  /** Of `faults.md`. */
  readonly row: string;
  readonly what: string;
  /** One character a byte; `HOST` in them stands for the address of the server. */
  readonly bytes: string;
  readonly status: number;
  /** Of the reply; only failures have one. */
  readonly code?: ErrorCode;
  /** Of a batch: what each of its requests is answered. */
  readonly answers?: readonly string[];
  /** The connection ends with the reply. Else it serves the next request. */
  readonly ends?: true;
  /** The reply has no body. */
  readonly isHead?: true;
  /** What a get of `key` must then answer for the value, as text. Without it, nothing may have changed. */
  readonly stores?: { readonly key: string; readonly value: string };
}

export const HOST = '{HOST}';

/** What it is, and its bytes. */
export type Request = readonly [what: string, bytes: string];

/** Entries that are all answered with the same. */
export function refused(
  row: string,
  status: number,
  code: ErrorCode,
  requests: readonly Request[],
  more: Pick<CorpusEntry, 'ends' | 'isHead'> = {},
): CorpusEntry[] {
  return requests.map(([what, bytes]) => ({ row, what, bytes, status, code, ...more }));
}

/** `target` is sent as it stands. */
export function get(target: string, headers: Headers = {}): string {
  return requestText(`GET ${target}`, { host: HOST, ...headers });
}

/** A put with all that it needs; `null` leaves a header out. */
export function put(body: string | Buffer, headers: Headers = {}): string {
  return post('/v1/put', body, headers);
}

export function batch(body: string | Buffer, headers: Headers = {}): string {
  return post('/v1/batch', body, headers);
}

function post(target: string, body: string | Buffer, headers: Headers): string {
  const bytes = latin1(body);
  const needed = { host: HOST, 'content-type': 'application/json', 'content-length': String(bytes.length) };
  return requestText(`POST ${target}`, { ...needed, ...headers }) + bytes;
}

/** Bytes as characters; a text is UTF-8. */
export function latin1(body: string | Buffer): string {
  return Buffer.from(body as string).toString('latin1');
}

/** A put whose one operation has this, as JSON texts. */
export function operation({ key = '"k"', value = '"v"', version = '0' }: Partial<Record<Member, string>>): string {
  return `{"key":${key},"value":${value},"version":${version}}`;
}
type Member = 'key' | 'value' | 'version';

export const putOf = (members: Partial<Record<Member, string>>): string => put(`[${operation(members)}]`);
