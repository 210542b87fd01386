/** The one way in which replies are written: the headers that every reply has, and what a failure looks like. */
import { type ServerResponse, STATUS_CODES } from 'node:http';
import { connectionOf } from './connection.ts';
import { closesConnection, failures, type Refusal } from './failures.ts';

export interface Reply {
  readonly status: number;
  /** A JSON text. */
  readonly body: string;
  /** Names and values in turn. Nothing in them may come from a user. */
  readonly headers?: readonly string[] | undefined;
  /** The connection ends with this reply. */
  readonly closes?: boolean | undefined;
}

/** On every reply: nothing that a browser could run, guess the type of, or keep. */
const commonHeaders = [
  ['Content-Type', 'application/json; charset=utf-8'],
  ['X-Content-Type-Options', 'nosniff'],
  ['Cache-Control', 'no-store'],
].flat();

export function sendReply(response: ServerResponse, { status, body, headers, closes }: Reply): void {
  // The client has gone, or has been told something else, such as that its body came too late.
  if (response.destroyed || response.headersSent) return;
  const bytes = Buffer.byteLength(body);
  const all = [...commonHeaders, 'Content-Length', String(bytes)];
  if (headers !== undefined) all.push(...headers);
  // If others wait behind it, this reply must not; what made it want to will make the last of them want to as well.
  if (closes && connectionOf(response.req.socket)?.endsWith(response) !== false) all.push('Connection', 'close');
  response.writeHead(status, all);
  // What has as many bytes as characters is ASCII, and is written faster as Latin-1.
  response.end(body, bytes === body.length ? 'latin1' : 'utf8');
}

/** On a connection that no HTTP server looks after any more. */
export function sendLastReply(response: ServerResponse, { headers = [], ...reply }: Reply): void {
  response.once('finish', () => response.req.socket.destroySoon());
  sendReply(response, { ...reply, headers: [...headers, 'Connection', 'close'], closes: false });
}

export interface FailureOptions {
  /** The body says `"result"`. */
  readonly isPut?: boolean;
  /** As well as with the failures that always end the connection. */
  readonly closes?: boolean;
  /** Further members of the body. */
  readonly members?: object;
}

export function failureReply({ failure, error, headers }: Refusal, options: FailureOptions = {}): Reply {
  const { code, status } = failures[failure];
  return {
    status,
    body: JSON.stringify({ ...(options.isPut && { result: 'Failure' }), error, code, ...options.members }),
    headers: headers ?? headersOfStatus[status],
    closes: options.closes || closesConnection(failure),
  };
}

const headersOfStatus: Readonly<Record<number, readonly string[]>> = {
  401: ['WWW-Authenticate', 'Bearer'],
  503: ['Retry-After', '1'],
};

/** A whole reply, for a connection on which no request could be read that it would belong to. */
export function rawFailureReply(refusal: Refusal): string {
  const { status, body, headers = [] } = failureReply(refusal);
  const all = [...commonHeaders, 'Content-Length', String(Buffer.byteLength(body)), ...headers, 'Connection', 'close'];
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  for (let at = 0; at < all.length; at += 2) text += `${all[at]}: ${all[at + 1]}\r\n`;
  return `${text}\r\n${body}`;
}
