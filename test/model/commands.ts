/** What is done to a store in a model run. Commands print themselves, so that a counterexample reads as a program. */
import fc from 'fast-check';
import type { PutOperation } from '../../src/outcome.ts';
import { numberText, valueText } from '../../src/value-text.ts';
import type { Value } from '../../src/wal/value.ts';
import type { Specification } from './specification.ts';
import * as values from './values.ts';

/** A store under test, in this process or behind HTTP. Each verb throws where the store does not do as specified. */
export interface Subject {
  /** Lets that many of the calls under way go on. What cannot be held up has no steps. */
  step(count: number): Promise<void>;
  put(specification: Specification, operations: readonly PutOperation[]): Promise<void>;
  /** Sends the put and goes on. */
  beginPut(specification: Specification, operations: readonly PutOperation[]): Promise<void>;
  putAtOnce(specification: Specification, puts: readonly (readonly PutOperation[])[]): Promise<void>;
  get(specification: Specification, key: string): Promise<void>;
  /** A clean stop and a start. */
  restart(specification: Specification): Promise<void>;
  /** Death of the process and a start. */
  crash(specification: Specification): Promise<void>;
  /** Writes until blocks were merged. */
  compact(specification: Specification): Promise<void>;
  letPass(ms: number): Promise<void>;
  fillDisk(): Promise<void>;
  /** Resolves when the store takes puts again. */
  freeDisk(): Promise<void>;
  /** Appends fail after so many bytes, until the process has ended and another has started. */
  breakDisk(specification: Specification, afterBytes: number): Promise<void>;
}

export type Command = fc.AsyncCommand<Specification, Subject>;

/** Which version a put expects, seen from what is current when it is sent. */
const EXPECTATIONS = {
  right: (current: number) => current,
  stale: (current: number) => Math.max(0, current - 1),
  future: (current: number) => current + 1,
  zero: () => 0,
} as const;

interface Draft {
  readonly key: string;
  readonly value: Value;
  readonly version: keyof typeof EXPECTATIONS;
}

type Put = readonly Draft[];

function operationsOf(put: Put, specification: Specification): readonly PutOperation[] {
  return put.map(({ key, value, version }) => {
    return { key, value, version: EXPECTATIONS[version](specification.currentVersion(key)) };
  });
}

function textOf(put: Put): string {
  return put.map(({ key, value, version }) => `${briefly(key)}@${version}=${valueText(value)}`).join(', ');
}

function briefly(key: string): string {
  return key.length <= 32 ? JSON.stringify(key) : `${JSON.stringify(key.slice(0, 8))}…`;
}

/** `run` happens after `steps` calls of the puts that are under way. */
function command(
  steps: number,
  text: string,
  run: (subject: Subject, specification: Specification) => Promise<void>,
): Command {
  return {
    check: () => true,
    run: async (specification, subject) => {
      await subject.step(steps);
      await run(subject, specification);
    },
    toString: () => (steps === 0 ? text : `after ${numberText(steps)} steps ${text}`),
  };
}

const draft: fc.Arbitrary<Draft> = fc.record({
  key: values.key,
  value: values.value,
  version: fc.oneof(
    { weight: 6, arbitrary: fc.constant('right' as const) },
    { weight: 1, arbitrary: fc.constantFrom('stale', 'future', 'zero') },
  ),
});

/** More than have room in the blocks that were made before, and in one more that a merge makes room for. */
const PUTS_ON_FULL_DISK = 7;

const steps = fc.nat(12);
const distinct = fc.uniqueArray(draft, { minLength: 1, maxLength: 4, selector: ({ key }) => key });

const put = fc
  .tuple(steps, distinct)
  .map(([n, p]) => command(n, `put(${textOf(p)})`, (s, spec) => s.put(spec, operationsOf(p, spec))));

const beginPut = fc
  .tuple(steps, distinct)
  .map(([n, p]) => command(n, `beginPut(${textOf(p)})`, (s, spec) => s.beginPut(spec, operationsOf(p, spec))));

const putAtOnce = fc.tuple(steps, fc.array(distinct, { minLength: 2, maxLength: 5 })).map(([n, puts]) =>
  command(n, `putAtOnce(${puts.map(textOf).join(' | ')})`, (s, spec) =>
    s.putAtOnce(
      spec,
      puts.map((p) => operationsOf(p, spec)),
    ),
  ),
);

const get = fc
  .tuple(steps, values.key)
  .map(([n, key]) => command(n, `get(${briefly(key)})`, (s, spec) => s.get(spec, key)));

/** A key twice in one put. */
const putTwice = fc.tuple(steps, draft, draft).map(([n, one, other]) => {
  const p = [one, { ...other, key: one.key }];
  return command(n, `put(${textOf(p)})`, (s, spec) => s.put(spec, operationsOf(p, spec)));
});

const restart = steps.map((n) => command(n, 'restart', (s, spec) => s.restart(spec)));
const crash = steps.map((n) => command(n, 'crash', (s, spec) => s.crash(spec)));
const compact = steps.map((n) => command(n, 'compact', (s, spec) => s.compact(spec)));
const letPass = fc
  .tuple(steps, fc.constantFrom(100, 1000))
  .map(([n, ms]) => command(n, `letPass(${ms} ms)`, (s) => s.letPass(ms)));
const fillDisk = steps.map((n) => command(n, 'fillDisk', (s) => s.fillDisk()));
/** Until a put finds no room. The disk is filled before each of them, for a merge that ends meanwhile gives some back. */
const putsOnFullDisk = steps.map((n) =>
  command(n, 'putsOnFullDisk', async (s, spec) => {
    const key = values.KEYS[0]!;
    for (let value = 0; value < PUTS_ON_FULL_DISK; value += 1) {
      await s.fillDisk();
      await s.put(spec, [{ key, value, version: spec.currentVersion(key) }]);
    }
  }),
);
const freeDisk = steps.map((n) => command(n, 'freeDisk', (s) => s.freeDisk()));
const breakDisk = fc
  .tuple(steps, fc.constantFrom(0, 512, 4096, 65_536))
  .map(([n, bytes]) => command(n, `breakDisk(after ${bytes} bytes)`, (s, spec) => s.breakDisk(spec, bytes)));

/** For a store whose every step can be held up. Mostly puts: a full disk shows only after some of them. */
export const inProcess: fc.Arbitrary<Command>[] = [
  ...[put, put, beginPut, beginPut, beginPut, beginPut, beginPut, putAtOnce, putAtOnce, get, get],
  ...[restart, crash, compact, letPass, fillDisk, freeDisk, breakDisk],
];

/** For a server: it orders its steps itself, and checks the shape of a put as well. */
export const overHttp: fc.Arbitrary<Command>[] = [put, put, putTwice, putAtOnce, get, get, restart, crash, compact];

/** The same on a disk of its own. */
export const overHttpOnSmallDisk: fc.Arbitrary<Command>[] = [
  ...overHttp,
  ...[put, putAtOnce, fillDisk, putsOnFullDisk, freeDisk],
];
