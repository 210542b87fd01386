/** Requests and replies of HTTP as the bytes on the wire, read just far enough to know where a reply ends and what it says. */

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const CONTENT_LENGTH = Buffer.from('content-length: ');
const CONTENT_LENGTH_CAPITALISED = Buffer.from('Content-Length: ');

/** `host` is the server's own, with its port. */
export function getText(host: string, path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}

/** `body` is ASCII. */
export function postText(host: string, path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** Bytes of the reply at the start of `bytes`, `undefined` while its head is not whole. It must say its length. */
export function httpReplyLength(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf(END_OF_HEAD);
  if (headEnd < 0) return undefined;
  const lower = bytes.indexOf(CONTENT_LENGTH);
  const at = (lower >= 0 ? lower : bytes.indexOf(CONTENT_LENGTH_CAPITALISED)) + CONTENT_LENGTH.length;
  const length = Number.parseInt(bytes.toString('latin1', at, at + 12), 10);
  if (at > headEnd || Number.isNaN(length))
    throw new Error(`a reply without length: ${bytes.toString('latin1', 0, headEnd)}`);
  return headEnd + END_OF_HEAD.length + length;
}

export function statusOf(reply: Buffer): string {
  return reply.toString('latin1', 9, 12);
}

export function bodyOf(reply: Buffer): string {
  return reply.toString('latin1', reply.indexOf(END_OF_HEAD) + END_OF_HEAD.length);
}
