/** What replies look like, as JSON Schema: which failures each route can answer with, and the members of every reply. */
import { type Failure, failures } from './failures.ts';
import type { InspectorPath, RoutePath } from './route-table.ts';

/** Also possible on every connection, whatever the path: replies to bytes that are no request, and to unknown paths. */
export const failuresOfNoRoute = [
  'WRONG_HOST',
  'FOREIGN_ORIGIN',
  'UNAUTHORIZED',
  'NO_ROUTE',
  'BAD_REQUEST',
  'HEADERS_TOO_LARGE',
  'REQUEST_TIMEOUT',
] as const satisfies readonly Failure[];

/** Every route has these as well as its own. */
const failuresOfAll = [
  'WRONG_HOST',
  'FOREIGN_ORIGIN',
  'METHOD_NOT_ALLOWED',
  'EXPECTATION_FAILED',
  'BAD_QUERY',
] as const;
/** Of the routes that take a get: it has no body. */
const failuresOfGets = [...failuresOfAll, 'BAD_BODY', 'BAD_REQUEST', 'REQUEST_TIMEOUT'] as const;

/** Of the routes that bring puts, whatever is in their body. */
const failuresOfBodies = [
  ...failuresOfAll,
  'UNAUTHORIZED',
  'UNSUPPORTED_MEDIA_TYPE',
  'BODY_TOO_LARGE',
  'QUEUE_FULL',
  'DRAINING',
  'HALTED',
  'BAD_REQUEST',
  'REQUEST_TIMEOUT',
  'BAD_ENCODING',
  'BAD_JSON',
  'BAD_BODY',
  'BAD_MEMBER',
  'LIMIT_EXCEEDED',
] as const;
/** What a put can be answered that has been read, alone or in a batch. */
const failuresOfPuts = [
  'BAD_KEY',
  'BAD_VALUE',
  'BAD_VERSION',
  'DUPLICATE_KEY',
  'VERSION_EXHAUSTED',
  'PUT_TOO_LARGE',
  'KEY_IN_FLIGHT',
  'STALE_VERSION',
  'DISK_FULL',
  'MEMORY_LIMIT',
  'KEYS_LIMIT',
  'PUT_TIMED_OUT',
  'SYNC_FAILED',
] as const;
/** Of one request of a batch: its own body under its own status. */
export const failuresOfBatched = {
  get: ['BAD_KEY', 'LIMIT_EXCEEDED', 'NOT_FOUND'],
  put: ['QUEUE_FULL', 'DRAINING', 'HALTED', 'BAD_BODY', 'BAD_MEMBER', 'LIMIT_EXCEEDED', ...failuresOfPuts],
} as const satisfies Record<string, readonly Failure[]>;

export const failuresOfRoutes = {
  '/v1/get': [...failuresOfGets, 'UNAUTHORIZED', 'BAD_KEY', 'LIMIT_EXCEEDED', 'NOT_FOUND'],
  '/v1/put': [...failuresOfBodies, ...failuresOfPuts],
  '/v1/batch': failuresOfBodies,
  '/healthz': [...failuresOfGets, 'HALTED'],
  '/readyz': [...failuresOfGets, 'NOT_READY'],
  '/inspect': failuresOfGets,
  '/inspect/live': [...failuresOfGets, 'UPGRADE_REQUIRED'],
  '/inspect/xstate': [...failuresOfGets, 'UNAUTHORIZED', 'UPGRADE_REQUIRED'],
  '/inspect/ticket': [...failuresOfAll, 'UNAUTHORIZED', 'UNSUPPORTED_MEDIA_TYPE', 'BODY_TOO_LARGE'],
} as const satisfies Record<RoutePath | InspectorPath, readonly Failure[]>;

export interface ObjectSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

export interface ListSchema {
  readonly type: 'array';
  readonly minItems: 1;
  readonly items: { readonly anyOf: readonly ObjectSchema[] };
}

export type ReplySchema = ObjectSchema | ListSchema;

const number = { type: 'number' };
const version = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const id = { type: 'string', pattern: '^[0-9a-f]{32}$' };

const stored = closedObject({
  key: { type: 'string', minLength: 1 },
  value: { anyOf: [{ type: 'string' }, number, { type: 'boolean' }, { type: 'array', items: number }] },
  version,
});

const committed = closedObject({
  result: { const: 'Success' },
  id,
  seq: { type: 'integer', minimum: 1 },
  versions: { type: 'array', minItems: 1, items: version },
});

const conflictMembers = { key: { type: 'string' }, expected: version, current: version };
const conflicts = {
  type: 'array',
  minItems: 1,
  items: {
    anyOf: [
      closedObject({ ...conflictMembers, reason: { const: 'stale' } }),
      closedObject({ ...conflictMembers, reason: { const: 'in_flight' }, holder: { type: 'string' } }),
    ],
  },
};

/** Of a reply that no route can have given. */
export const noRouteSchemas = byStatus(failuresOfNoRoute, {});

const put = { result: { const: 'Failure' } };
const repliesToPuts = (possible: readonly Failure[]) => ({
  200: committed,
  ...byStatus(possible, put),
  409: failureSchema(['KEY_IN_FLIGHT'], { ...put, id, conflicts }),
  412: failureSchema(['STALE_VERSION'], { ...put, id, conflicts }),
});
const repliesToGets = (possible: readonly Failure[]) => ({ 200: stored, ...byStatus(possible, {}) });

/** By path, then status. */
export const replySchemas: Readonly<Record<RoutePath | InspectorPath, Readonly<Record<number, ReplySchema>>>> = {
  '/v1/get': repliesToGets(failuresOfRoutes['/v1/get']),
  '/v1/put': repliesToPuts(failuresOfRoutes['/v1/put']),
  '/v1/batch': {
    200: listOf(repliesToGets(failuresOfBatched.get), repliesToPuts(failuresOfBatched.put)),
    ...byStatus(failuresOfRoutes['/v1/batch'], put),
  },
  '/healthz': { 200: closedObject({ status: { const: 'ok' } }), ...byStatus(failuresOfRoutes['/healthz'], {}) },
  '/readyz': { 200: closedObject({ status: { const: 'ready' } }), ...byStatus(failuresOfRoutes['/readyz'], {}) },
  // The page itself is no JSON, and what goes over the sockets is described in `src/inspector/protocol.ts`.
  '/inspect': byStatus(failuresOfRoutes['/inspect'], {}),
  '/inspect/live': byStatus(failuresOfRoutes['/inspect/live'], {}),
  '/inspect/xstate': byStatus(failuresOfRoutes['/inspect/xstate'], {}),
  '/inspect/ticket': { 200: closedObject({ ticket: id }), ...byStatus(failuresOfRoutes['/inspect/ticket'], {}) },
};

/** The replies to single requests, each in an object with its status. */
function listOf(...replies: readonly Readonly<Record<number, ObjectSchema>>[]): ListSchema {
  const items = replies.flatMap((byStatus) =>
    Object.entries(byStatus).map(([status, body]) => closedObject({ status: { const: Number(status) }, body })),
  );
  return { type: 'array', minItems: 1, items: { anyOf: items } };
}

function byStatus(possible: readonly Failure[], more: Record<string, object>): Record<number, ObjectSchema> {
  const statuses = new Set(possible.map((failure) => failures[failure].status));
  const schemas: Record<number, ObjectSchema> = {};
  for (const status of statuses) {
    const ofStatus = possible.filter((failure) => failures[failure].status === status);
    schemas[status] = failureSchema(ofStatus, more);
  }
  return schemas;
}

function failureSchema(possible: readonly Failure[], more: Record<string, object>): ObjectSchema {
  const codes = possible.map((failure) => failures[failure].code);
  return closedObject({ ...more, error: { type: 'string', minLength: 1 }, code: { enum: codes } });
}

function closedObject(properties: Record<string, object>): ObjectSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
