/** Reads what a page sends, strictly: it is the only thing that a viewer can tell the server. */
import type { ViewerMessage } from './protocol.ts';

const ONE_IN_MAX = 1_000_000;

/** `undefined` if it is not exactly one of the messages that there are. */
export function readViewerMessage(text: string): ViewerMessage | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, ...members } = message as Record<string, unknown>;
  if (type === 'open')
    return hasOnly(members, 'token') && isText(members.token) ? (message as ViewerMessage) : undefined;
  if (type !== 'watch' || !hasOnly(members, 'oneIn', 'key') || !isText(members.key)) return undefined;
  const { oneIn } = members;
  const isNumber = Number.isInteger(oneIn) && (oneIn as number) >= 1 && (oneIn as number) <= ONE_IN_MAX;
  return oneIn === 'auto' || isNumber ? (message as ViewerMessage) : undefined;
}

function hasOnly(members: object, ...allowed: readonly string[]): boolean {
  return Object.keys(members).every((name) => allowed.includes(name));
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
