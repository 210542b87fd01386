/** What the body of a put says: from bytes to operations, every number exact, or why it says nothing. */
import type { PutOperation } from '../outcome.ts';
import { quoteBriefly, Refusal } from './failures.ts';
import { type JsonBody, readJson } from './json-body.ts';
import { findDoubledMember, type JsonScan } from './json-scan.ts';
import { OperationReader } from './operation-reader.ts';
import type { HttpSettings } from './settings.ts';

export type PutLimits = Pick<HttpSettings, 'keyBytesMax' | 'valueBytesMax' | 'arrayLengthMax' | 'operationsMax'>;

/** Time is linear in the length of the body, whatever is in it. */
export function decodePut(body: Uint8Array, limits: PutLimits): readonly PutOperation[] | Refusal {
  const json = readJson(body, (scan) => wrongAmounts(scan, limits));
  if (json instanceof Refusal) return json;
  const operations = checkShape(json, limits);
  if (operations instanceof Refusal) return operations;
  return new OperationReader(json, limits).readAll(operations);
}

/** An operation with the right members, of which nothing else is known. */
export interface RawOperation {
  readonly key: unknown;
  readonly value: unknown;
  readonly version: unknown;
}

function wrongAmounts({ objects, arrays, members }: JsonScan, { operationsMax }: PutLimits): Refusal | undefined {
  const exceeded = (error: string) => new Refusal('LIMIT_EXCEEDED', `the body has ${error}`);
  if (objects > operationsMax) {
    return exceeded(`${objects} objects, one for each operation: more than operationsMax, ${operationsMax}`);
  }
  if (members > 3 * operationsMax) {
    return exceeded(`${members} members, more than three for each of operationsMax, ${operationsMax}`);
  }
  if (arrays > operationsMax + 1) {
    return exceeded(`${arrays} arrays, more than one for each of operationsMax, ${operationsMax}, and one for all`);
  }
  return undefined;
}

/** Sees to it that every operation is an object with just the three members, each of them once. */
function checkShape({ parsed, scan, text }: JsonBody, limits: PutLimits): readonly RawOperation[] | Refusal {
  const operations = checkOperations(parsed, limits);
  if (operations instanceof Refusal) return operations;
  // `JSON.parse` keeps the last of two members of one name. Then the text has more members than what was parsed.
  if (scan.members !== 3 * operations.length) {
    // The objects at depth 2 are the operations.
    const doubled = findDoubledMember(text, 2);
    if (doubled) {
      const { name, path } = doubled;
      return new Refusal('BAD_MEMBER', `operation ${path[0]}: member "${name}" is there more than once`);
    }
    // Else it is a value that has members: the reader refuses that one by its type.
  }
  return operations;
}

/** The operations of a put, each with the three members: what is in them is not looked at, nor whether one is there twice. */
export function checkOperations(parsed: unknown, { operationsMax }: PutLimits): readonly RawOperation[] | Refusal {
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
