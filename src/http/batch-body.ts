/** What the body of a batch says: its requests, each read as if it had come alone, or why the whole says nothing. */
import type { PutOperation } from '../outcome.ts';
import { quoteBriefly, Refusal } from './failures.ts';
import { type JsonBody, readJson } from './json-body.ts';
import { elementStarts, findDoubledMember, type JsonScan } from './json-scan.ts';
import { checkKey } from './key.ts';
import { OperationReader, typeName } from './operation-reader.ts';
import { checkOperations, type PutLimits, type RawOperation } from './put-body.ts';

/** The operations of a put, the key of a get, or one that is refused while the others run. */
export type BatchedRequest = readonly PutOperation[] | string | RefusedRequest;

export class RefusedRequest {
  readonly refusal: Refusal;
  readonly isPut: boolean;
  constructor(refusal: Refusal, isPut: boolean) {
    this.refusal = refusal;
    this.isPut = isPut;
  }
}

/** Time is linear in the length of the body, whatever is in it. */
export function decodeBatch(body: Uint8Array, limits: PutLimits): readonly BatchedRequest[] | Refusal {
  const json = readJson(body, (scan) => wrongAmounts(scan, limits));
  if (json instanceof Refusal) return json;
  const requests = checkRequests(json, limits);
  return requests instanceof Refusal ? requests : readOperations(requests, json, limits);
}

/** A request of which all is known but what is in its operations. */
type RawRequest = readonly RawOperation[] | string | RefusedRequest;

/** Every request and every operation counts; with one operation each, a put has two objects, four members and at most two arrays. */
function wrongAmounts({ objects, arrays, members }: JsonScan, { operationsMax }: PutLimits): Refusal | undefined {
  const exceeded = (error: string) => {
    return new Refusal('LIMIT_EXCEEDED', `the body has ${error} for each of operationsMax, ${operationsMax}`);
  };
  if (objects > 2 * operationsMax) return exceeded(`${objects} objects, more than a put and an operation`);
  if (members > 4 * operationsMax) return exceeded(`${members} members, more than four`);
  if (arrays > 2 * operationsMax + 1) return exceeded(`${arrays} arrays, more than one for all and two`);
  return undefined;
}

/** Refuses here what is wrong with the whole. After it no object of the text has a member twice. */
function checkRequests({ parsed, scan, text }: JsonBody, limits: PutLimits): readonly RawRequest[] | Refusal {
  if (!Array.isArray(parsed)) return new Refusal('BAD_BODY', 'the body is not an array of requests');
  if (parsed.length === 0) return new Refusal('BAD_BODY', 'the body has no request');
  const requests: RawRequest[] = [];
  let operations = 0;
  let members = 0;
  for (let index = 0; index < parsed.length; index++) {
    const misshapen = checkMember(parsed[index], index);
    if (misshapen) return misshapen;
    const { put, get } = parsed[index] as { readonly put?: unknown; readonly get?: unknown };
    const request = put === undefined ? readKey(get, limits) : checkOperations(put, limits);
    if (request instanceof Refusal) {
      requests.push(new RefusedRequest(request, put !== undefined));
      members += countMembers(parsed[index]);
    } else {
      requests.push(request);
      members += typeof request === 'string' ? 1 : 1 + 3 * request.length;
    }
    operations += Array.isArray(put) && put.length > 0 ? put.length : 1;
  }
  if (operations > limits.operationsMax) {
    const error = `the body has ${operations} operations and gets, more than operationsMax, ${limits.operationsMax}`;
    return new Refusal('LIMIT_EXCEEDED', error);
  }
  // `JSON.parse` keeps the last of two members of one name. Then the text has more members than what was parsed.
  const mayBeDoubled = scan.members !== members;
  return (mayBeDoubled ? doubledMember(text, scan) : undefined) ?? requests;
}

function countMembers(parsed: unknown): number {
  if (typeof parsed !== 'object' || parsed === null) return 0;
  let members = 0;
  if (Array.isArray(parsed)) {
    for (const element of parsed) members += countMembers(element);
    return members;
  }
  // With tens of thousands of members `Object.values` takes three times as long as this.
  for (const name of Object.keys(parsed)) members += 1 + countMembers((parsed as Record<string, unknown>)[name]);
  return members;
}

/** Wherever it is: somebody else, who reads the first of the two, must not take the request for another one. */
function doubledMember(text: string, { depth }: JsonScan): Refusal | undefined {
  const doubled = findDoubledMember(text, depth);
  if (doubled === undefined) return undefined;
  const { path, name } = doubled;
  const [request, , operation] = path;
  const where = operation === undefined ? `request ${request}` : `request ${request}: operation ${operation}`;
  return new Refusal('BAD_MEMBER', `${where}: member ${quoteBriefly(name)} is there more than once`);
}

function checkMember(request: unknown, index: number): Refusal | undefined {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    return new Refusal('BAD_BODY', `request ${index} is not an object`);
  }
  let members = 0;
  for (const name in request) {
    if (name !== 'put' && name !== 'get') {
      return new Refusal('BAD_MEMBER', `request ${index}: member ${quoteBriefly(name)} is unknown`);
    }
    members++;
  }
  if (members === 1) return undefined;
  const error = members === 0 ? 'there is no member "put" or "get"' : 'there is both "put" and "get"';
  return new Refusal('BAD_MEMBER', `request ${index}: ${error}`);
}

function readKey(raw: unknown, { keyBytesMax }: PutLimits): string | Refusal {
  if (typeof raw !== 'string') return new Refusal('BAD_KEY', `the key is ${typeName(raw)}; a key is a string`);
  if (!raw.isWellFormed()) return new Refusal('BAD_KEY', `the key ${quoteBriefly(raw)} has half a surrogate pair`);
  return checkKey(raw, keyBytesMax) ?? raw;
}

function readOperations(requests: readonly RawRequest[], json: JsonBody, limits: PutLimits): readonly BatchedRequest[] {
  const reader = new OperationReader(json, limits);
  let starts: readonly number[] | undefined;
  let isLost = false;
  return requests.map((request, index) => {
    if (typeof request === 'string') return request;
    if (request instanceof RefusedRequest) {
      isLost = true;
      return request;
    }
    // A request that was refused may have numbers that the reader has not come past.
    if (isLost && reader.followsText) {
      starts ??= elementStarts(json.text);
      reader.goTo(starts[index]!);
    }
    const operations = reader.readAll(request);
    isLost = operations instanceof Refusal;
    return operations instanceof Refusal ? new RefusedRequest(operations, true) : operations;
  });
}
