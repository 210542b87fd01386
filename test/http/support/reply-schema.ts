/** Holds replies against the schemas that the API publishes. */
import { createRequire } from 'node:module';
import { expect } from 'vitest';
import type { InspectorPath, RoutePath } from '../../../src/http/route-table.ts';
import { noRouteSchemas, replySchemas } from '../../../src/http/schemas.ts';
import type { RawReply } from './raw-reply.ts';

interface Validator {
  validate(schema: object, data: unknown): boolean;
  errorsText(): string;
}

// The validator that the framework brings.
const Ajv = createRequire(import.meta.resolve('fastify'))('ajv') as new (options: object) => Validator;
const validator = new Ajv({ strict: false });

/** `path` is that of the request; `undefined`: no route was reached, or no request read. */
export function expectSchema(path: RoutePath | InspectorPath | undefined, { status, json }: RawReply): void {
  const schema = path === undefined ? noRouteSchemas[status] : replySchemas[path][status];
  expect(schema, `a schema of ${path ?? 'no route'} for ${status}`).toBeDefined();
  expect(validator.validate(schema!, json), `${validator.errorsText()} in ${JSON.stringify(json)}`).toBe(true);
}
