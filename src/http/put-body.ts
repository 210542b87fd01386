/** What the body of a put says: from bytes to operations, every number exact, or why it says nothing. */
import type { PutOperation } from '../outcome.ts';
import { quoteBriefly, Refusal } from './failures.ts';
import { findDoubledMember, type JsonScan, scanJson } from './json-scan.ts';
import { OperationReader } from './operation-reader.ts';
import type { HttpSettings } from './settings.ts';

export type PutLimits = Pick<HttpSettings, 'keyBytesMax' | 'valueBytesMax' | 'arrayLengthMax' | 'operationsMax'>;

/** `JSON.parse` itself takes any depth; a valid put has 3. */
const depthMax = 64;

/** Time is linear in the length of the body, whatever is in it. */
export function decodePut(body: Uint8Array, limits: PutLimits): readonly PutOperation[] | Refusal {
  const text = decodeText(body);
  if (text instanceof Refusal) return text;
  const scan = scanJson(text);
  const tooMuch = checkAmounts(scan, limits);
  if (tooMuch) return tooMuch;
  const parsed = parse(text);
  if (parsed instanceof Refusal) return parsed;
  const operations = checkShape(parsed, scan, text, limits);
  if (operations instanceof Refusal) return operations;
  return new OperationReader(text, scan, limits).readAll(operations);
}

/** An operation with the right members, of which nothing else is known. */
export interface RawOperation {
  readonly key: unknown;
  readonly value: unknown;
  readonly version: unknown;
}

// With `ignoreBOM` the decoder keeps a byte order mark, so that it can be refused.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(body: Uint8Array): string | Refusal {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return new Refusal('BAD_ENCODING', 'the body is not valid UTF-8');
  }
  if (text.charCodeAt(0) === 0xfeff) return new Refusal('BAD_ENCODING', 'the body begins with a byte order mark');
  return text;
}

/** Refuses what no valid put can have before it is parsed: parsing very many members or arrays is slow. */
function checkAmounts({ depth, objects, arrays, members }: JsonScan, { operationsMax }: PutLimits) {
  const exceeded = (error: string) => new Refusal('LIMIT_EXCEEDED', `the body ${error}`);
  if (depth > depthMax) return exceeded(`is nested ${depth} deep, more than ${depthMax}`);
  if (objects > operationsMax) {
    return exceeded(`has ${objects} objects, one for each operation: more than operationsMax, ${operationsMax}`);
  }
  if (members > 3 * operationsMax) {
    return exceeded(`has ${members} members, more than three for each of operationsMax, ${operationsMax}`);
  }
  if (arrays > operationsMax + 1) {
    return exceeded(`has ${arrays} arrays, more than one for each of operationsMax, ${operationsMax}, and one for all`);
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message quotes the text, values and all.
    return new Refusal('BAD_JSON', text === '' ? 'the body is empty' : 'the body is not valid JSON');
  }
}

/** Sees to it that every operation is an object with just the three members, each of them once. */
function checkShape(
  parsed: unknown,
  scan: JsonScan,
  text: string,
  { operationsMax }: PutLimits,
): readonly RawOperation[] | Refusal {
  if (!Array.isArray(parsed)) return new Refusal('BAD_BODY', 'the body is not an array of operations');
  if (parsed.length === 0) return new Refusal('BAD_BODY', 'the body has no operation');
  if (parsed.length > operationsMax) {
    return new Refusal(
      'LIMIT_EXCEEDED',
      `the body has ${parsed.length} operations, more than operationsMax, ${operationsMax}`,
    );
  }
  for (let index = 0; index < parsed.length; index++) {
    const misshapen = checkMembers(parsed[index], index);
    if (misshapen) return misshapen;
  }
  // `JSON.parse` keeps the last of two members of one name. Then the text has more members than what was parsed.
  if (scan.members !== 3 * parsed.length) {
    const doubled = findDoubledMember(text);
    if (doubled) {
      return new Refusal('BAD_MEMBER', `operation ${doubled.object}: member "${doubled.name}" is there more than once`);
    }
    // Else it is a value that has members: the reader refuses that one by its type.
  }
  return parsed;
}

function checkMembers(operation: unknown, index: number): Refusal | undefined {
  if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) {
    return new Refusal('BAD_BODY', `operation ${index} is not an object`);
  }
  for (const name in operation) {
    if (name !== 'key' && name !== 'value' && name !== 'version') {
      return new Refusal('BAD_MEMBER', `operation ${index}: member ${quoteBriefly(name)} is unknown`);
    }
  }
  // Nothing that JSON can say is `undefined`.
  const { key, value, version } = operation as RawOperation;
  const missing =
    key === undefined ? 'key' : value === undefined ? 'value' : version === undefined ? 'version' : undefined;
  if (missing === undefined) return undefined;
  return new Refusal('BAD_MEMBER', `operation ${index}: member "${missing}" is missing`);
}
