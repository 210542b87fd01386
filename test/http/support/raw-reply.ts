/** Replies as bytes: how they are parsed, and what must be true of every one of them. */
import { expect } from 'vitest';

export interface RawReply {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  /** `undefined` if there is no body. */
  readonly json: Record<string, unknown> | undefined;
}

/** The first reply in `received` and its length; `undefined` if it is not whole yet. Interim replies are skipped. */
export function parseReply(received: Buffer, isHead: boolean): { reply: RawReply; bytes: number } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine, ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine!)?.[1]);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(': ');
    const name = line.slice(0, colon).toLowerCase();
    expect(headers.has(name), `header ${name} is there once`).toBe(false);
    headers.set(name, line.slice(colon + 2));
  }
  const bodyStart = headEnd + 4;
  const bodyEnd = bodyStart + (isHead || status === 100 ? 0 : Number(headers.get('content-length')));
  if (received.length < bodyEnd) return undefined;
  const text = received.subarray(bodyStart, bodyEnd).toString();
  const reply = { status, headers, text, json: text === '' ? undefined : JSON.parse(text) };
  if (status !== 100) checkEveryReply(reply);
  return { reply, bytes: bodyEnd };
}

/** N9: nothing that a browser could run, guess the type of, or keep. */
function checkEveryReply({ status, headers, json }: RawReply): void {
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  for (const name of headers.keys()) expect(name).not.toMatch(/^access-control-|^server$|^x-powered-by$/);
  expect(headers.get('retry-after')).toBe(status === 503 ? '1' : undefined);
  if (json !== undefined && status >= 400) {
    expect(json).toMatchObject({ error: expect.any(String), code: expect.stringMatching(/^[A-Z_]+$/) });
  }
}
