/** Requests and replies of Redis as the bytes on the wire. */

const END_OF_LINE = Buffer.from('\r\n');
const DOLLAR = 0x24;
const STAR = 0x2a;

/** `words` are ASCII. */
export function redisText(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

/** Bytes of the reply at the start of `bytes`, `undefined` while that cannot be told. Lists are not read: no command here gets one. */
export function redisReplyLength(bytes: Buffer): number | undefined {
  const lineEnd = bytes.indexOf(END_OF_LINE);
  if (lineEnd < 0) return undefined;
  const line = lineEnd + END_OF_LINE.length;
  if (bytes[0] === STAR) throw new Error('a list as a reply');
  if (bytes[0] !== DOLLAR) return line;
  const length = Number(bytes.toString('latin1', 1, lineEnd));
  return length < 0 ? line : line + length + END_OF_LINE.length;
}
