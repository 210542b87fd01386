/** Whatever may cross between threads, the edges of every type more often than chance would have them. */
import fc from 'fast-check';
import type { Conflict, PutOperation, PutOutcome, StoredValue } from '../../../../src/outcome.ts';
import {
  floatValue,
  INT64_MAX,
  INT64_MIN,
  integerValue,
  type NumberValue,
  type Value,
} from '../../../../src/wal/value.ts';

/** As our own code makes objects: with a prototype. */
function record<Model>(model: { [Name in keyof Model]: fc.Arbitrary<Model[Name]> }): fc.Arbitrary<Model> {
  return fc.record<Model>(model, { noNullPrototype: true });
}

export const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme-composite' }),
  fc.constantFrom('', '\0', '__proto__', 'constructor', '😀', '\u{10ffff}', 'é', 'e\u0301', '\ud7ff\ue000', 'null'),
);
const key = text.filter((string) => string !== '');

const integers = [0n, 1n, -1n, 2n ** 31n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 1n - 2n ** 53n, -(2n ** 53n)];
const number: fc.Arbitrary<NumberValue> = fc.oneof(
  fc.bigInt({ min: INT64_MIN, max: INT64_MAX }).map(integerValue),
  fc.constantFrom(...integers, INT64_MIN, INT64_MAX).map(integerValue),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(floatValue),
  fc.constantFrom(0, -0, 2, 1e300, 5e-324, -1.5, Number.MAX_VALUE, 2 ** 53).map(floatValue),
);

export const value: fc.Arbitrary<Value> = fc.oneof(text, fc.boolean(), number, fc.array(number, { maxLength: 20 }));

const version = fc.oneof(fc.nat(3), fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER));

export const stored: fc.Arbitrary<StoredValue | undefined> = fc.option(
  record({ value, version: version.filter((number) => number > 0) }),
  { nil: undefined },
);

export const operations: fc.Arbitrary<readonly PutOperation[]> = fc.array(record({ key, value, version }), {
  minLength: 1,
  maxLength: 6,
});

const conflict: fc.Arbitrary<Conflict> = fc
  .record({ key, expected: version, current: version, holder: fc.option(text) })
  .map(({ holder, ...rest }) =>
    holder === null ? { ...rest, reason: 'stale' } : { ...rest, reason: 'in_flight', holder },
  );

export const outcome: fc.Arbitrary<PutOutcome> = fc.oneof(
  record({
    code: fc.constant('COMMITTED'),
    id: text,
    seq: fc.maxSafeNat(),
    versions: fc.array(version, { minLength: 1, maxLength: 6 }),
  }),
  record({
    code: fc.constantFrom('STALE_VERSION', 'KEY_IN_FLIGHT'),
    id: text,
    conflicts: fc.array(conflict, { maxLength: 4 }),
  }),
  record({
    code: fc.constantFrom(
      ...(['VERSION_EXHAUSTED', 'PUT_TOO_LARGE', 'QUEUE_FULL', 'DRAINING', 'HALTED'] as const),
      ...(['DISK_FULL', 'MEMORY_LIMIT', 'KEYS_LIMIT'] as const),
    ),
    error: text,
  }),
  record({
    code: fc.constant('OUTCOME_UNKNOWN'),
    cause: fc.constantFrom('timeout', 'sync_failed'),
    error: text,
  }),
);
