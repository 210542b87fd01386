/** The catalogue of failures, the schemas of the replies and the table in the documentation say the same. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Failure, failures } from '../../src/http/failures.ts';
import { inspectorRoutes, routes } from '../../src/http/route-table.ts';
import {
  failuresOfBatched,
  failuresOfNoRoute,
  failuresOfRoutes,
  type ListSchema,
  noRouteSchemas,
  type ObjectSchema,
  type ReplySchema,
  replySchemas,
} from '../../src/http/schemas.ts';

const documentation = readFileSync(new URL('../../docs/http.md', import.meta.url), 'utf8');
const sorted = (items: Iterable<string>) => [...new Set(items)].sort();
const inCatalogueOf = (failure: Failure) => `${failures[failure].status} ${failures[failure].code}`;
const inCatalogue = (Object.keys(failures) as Failure[]).map(inCatalogueOf);
const codesOf = (status: string, schema: ReplySchema) =>
  schema.type === 'array'
    ? []
    : ((schema.properties.code as { enum?: string[] })?.enum ?? []).map((code) => `${status} ${code}`);

test('the table of the documentation has every code with its status, and no other', () => {
  const rows = [...documentation.matchAll(/^\| (\d{3}) \| `([A-Z_]+)` \|/gm)].map(
    ([, status, code]) => `${status} ${code}`,
  );
  expect(rows.length).toBe(new Set(rows).size);
  expect(sorted(rows)).toEqual(sorted(inCatalogue));
});

test('the schemas have every code with its status, and no other', () => {
  const schemas = [noRouteSchemas, ...Object.values(replySchemas)];
  const codes = schemas.flatMap((schema) => Object.entries(schema).flatMap(([status, body]) => codesOf(status, body)));
  expect(sorted(codes)).toEqual(sorted(inCatalogue));
});

test('a request of a batch has the failures of the single call that are its own', () => {
  const alone = new Set<string>([...failuresOfRoutes['/v1/get'], ...failuresOfRoutes['/v1/put']]);
  const { anyOf } = (replySchemas['/v1/batch'][200] as ListSchema).items;
  const codes = anyOf.flatMap(({ properties: { status, body } }) =>
    codesOf(String((status as { const: number }).const), body as ObjectSchema),
  );
  expect(codes).not.toEqual([]);
  expect(sorted(codes)).toEqual(sorted(Object.values(failuresOfBatched).flat().map(inCatalogueOf)));
  for (const failure of Object.values(failuresOfBatched).flat()) expect(alone).toContain(failure);
});

test('every failure is one of a route or of none', () => {
  const possible = [...failuresOfNoRoute, ...Object.values(failuresOfRoutes).flat()];
  expect(sorted(possible)).toEqual(sorted(Object.keys(failures)));
});

describe('a failure', () => {
  test.each(Object.entries(failures))('%s is a code or has a code of its own meaning', (name, { code, status }) => {
    expect(status).toBeGreaterThanOrEqual(400);
    if (name !== code) expect(['PUT_TIMED_OUT', 'SYNC_FAILED'] satisfies Failure[]).toContain(name);
  });
});

test.each(Object.entries({ ...routes, ...inspectorRoutes }))('the documentation has %s', (path, { methods }) => {
  expect(documentation).toContain(`${methods[0]} ${path}`);
});
