import { describe, expect, it } from 'vitest';
import { checkAgainstLog } from './check-against-log.ts';
import { checkHistory } from './check-history.ts';
import type { LoggedTransaction, Operation } from './history.ts';
import { longHistory } from './long-history.ts';
import { acked, get, logOf, lost, put, refused, stale } from './small-history.ts';

const rules = (log: readonly LoggedTransaction[], ...operations: readonly Operation[]) =>
  checkAgainstLog({ operations }, log).map(({ rule }) => rule);
const messages = (log: readonly LoggedTransaction[], ...operations: readonly Operation[]) =>
  checkAgainstLog({ operations }, log).map(({ message }) => message);

describe('the log by itself', () => {
  const twoPuts = [put(1, 2, 'a@0=x', acked(1)), put(3, 4, 'a@1=y', acked(2))];

  it('has seqs without a gap from 1 on', () => {
    const log = logOf('a@1=x', 'a@2=y');
    expect(rules(log, ...twoPuts)).toEqual([]);
    expect(rules([log[0]!, { ...log[1]!, seq: 3 }], ...twoPuts)).toEqual(['log-order']);
    expect(messages(log.slice(1), ...twoPuts)[0]).toBe('transaction 2 stands in the place of transaction 1');
  });

  it('has versions without a gap from 1 on', () => {
    expect(rules(logOf('a@1=x', 'a@3=y'), ...twoPuts)).toEqual(['log-version']);
    expect(rules(logOf('a@1=x', 'a@1=y'), ...twoPuts)).toEqual(['log-version']);
    expect(messages(logOf('a@2=y'), ...twoPuts)).toEqual(['transaction 1 makes version 2 of "a" after 0']);
  });
});

describe('the log and the puts', () => {
  it('every acknowledged put is in it, whole and with its seq', () => {
    const both = put(1, 2, 'a@0=x b@0=x', acked(1));
    expect(rules(logOf('a@1=x b@1=x'), both)).toEqual([]);
    expect(rules(logOf(), both)).toEqual(['lost-put']);
    expect(rules(logOf('a@1=x'), both)).toEqual(['lost-put', 'log-content']);
    expect(rules(logOf('a@1=x b@1=other'), both)).toEqual(['lost-put', 'log-content']);
    expect(rules(logOf('c@1=y', 'a@1=x b@1=x'), both, lost(3, 'c@0=y'))).toEqual(['wrong-seq']);
  });

  it('a put of which nobody knows is there whole or not at all', () => {
    const both = lost(1, 'a@0=x b@0=x');
    expect(rules(logOf(), both)).toEqual([]);
    expect(rules(logOf('a@1=x b@1=x'), both)).toEqual([]);
    expect(messages(logOf('b@1=x'), both)).toEqual([
      'transaction 1 writes "b" version 1 = x, which is not what was asked for by the put of "a"@0, "b"@0 by client 1 (1 never answered, unknown)',
    ]);
    expect(rules(logOf('a@1=x b@1=x c@1=x'), both)).toEqual(['log-content']);
  });

  it('no refused put is in it, nor anything that nobody asked for', () => {
    expect(messages(logOf('a@1=x'), put(1, 2, 'a@0=x', refused))).toEqual([
      'the put of "a"@0 by client 1 (1 to 2, refused) is in the log as transaction 1',
    ]);
    expect(rules(logOf('b@1=y', 'a@1=x'), lost(1, 'b@0=y'), put(2, 3, 'a@0=x', stale('a@1')))).toEqual(['log-content']);
    expect(messages(logOf('a@1=x'))).toEqual(['transaction 1 writes "a" version 1 = x, which nobody asked for']);
  });

  it('its order is that of real time, also where no key tells it', () => {
    const puts = [put(1, 2, 'a@0=x', acked(2)), put(3, 4, 'b@0=y', acked(1))];
    expect(rules(logOf('b@1=y', 'a@1=x'), ...puts)).toEqual(['real-time']);
    expect(checkHistory({ operations: puts })).toEqual([]);
    expect(rules(logOf('b@1=y', 'a@1=x'), { ...puts[0]!, completedAt: 5 }, puts[1]!)).toEqual([]);
    // Nor where a third one, which may be anywhere, lies between them in the log.
    const between = logOf('b@1=y', 'c@1=w', 'a@1=x');
    expect(rules(between, put(2, 3, 'a@0=x', acked(3)), put(4, 5, 'b@0=y', acked(1)), lost(1, 'c@0=w'))).toEqual([
      'real-time',
    ]);
  });

  it('what a process left undone is not done by the next', () => {
    const operations = [lost(1, 'b@0=y'), put(3, 4, 'a@0=x', acked(1))];
    const log = logOf('a@1=x', 'b@1=y');
    expect(checkAgainstLog({ operations }, log)).toEqual([]);
    expect(checkAgainstLog({ operations, restarts: [2] }, log).map(({ rule }) => rule)).toEqual(['real-time']);
  });
});

describe('the log and the reads', () => {
  const log = logOf('a@1=x', 'b@1=y', 'a@2=z');
  const puts = [put(1, 2, 'a@0=x', acked(1)), put(3, 6, 'b@0=y', acked(2)), put(11, 14, 'a@1=z', acked(3))];

  it('a get shows a value that the log has', () => {
    expect(rules(log, ...puts, get(7, 8, 'a@1=x'))).toEqual([]);
    expect(messages(log, ...puts, get(7, 8, 'a@1=w'))[0]).toContain('the value w, and the log has x');
    expect(messages(log, ...puts, get(7, 8, 'a@3=w'))[0]).toContain('version 3 of "a" is not in the log');
  });

  it('a get shows what was done when it began, and nothing that was asked for when it had ended', () => {
    expect(rules(log, ...puts, get(4, 5, 'b@0'))).toEqual([]);
    expect(rules(log, ...puts, get(7, 8, 'b@0'))).toEqual(['wrong-read']);
    expect(rules(log, ...puts, get(9, 10, 'a@2=z'))).toEqual(['wrong-read']);
    expect(rules(log, ...puts, get(9, 12, 'a@2=z'))).toEqual([]);
    expect(messages(log, ...puts, get(7, 8, 'b@0'))).toEqual([
      'the get of "b" by client 7 (7 to 8) saw "b" at version 0: that held up to transaction 1, and what ended before had already seen transaction 2',
    ]);
    expect(messages(log, ...puts, get(9, 10, 'a@2=z'))).toEqual([
      'the get of "a" by client 9 (9 to 10) saw "a" at version 2: that held from transaction 3 on, and transaction 3 was asked for after it ended',
    ]);
  });

  it('a get never shows less than one that had ended before it', () => {
    expect(rules(log, ...puts, get(12, 13, 'a@1=x'), get(15, 16, 'a@2=z'))).toEqual([]);
    const long = [...puts.slice(0, 2), put(11, 30, 'a@1=z', acked(3))];
    expect(rules(log, ...long, get(12, 13, 'a@2=z'), get(15, 16, 'a@1=x'))).toEqual(['wrong-read']);
    expect(rules(log, ...long, get(12, 16, 'a@2=z'), get(13, 15, 'a@1=x'))).toEqual([]);
  });

  it('a refusal as stale shows all of its keys as they were at one time', () => {
    expect(rules(log, ...puts, put(7, 8, 'a@0=q b@0=q', stale('a@1 b@1')))).toEqual([]);
    expect(rules(log, ...puts, put(4, 5, 'a@0=q b@0=q', stale('a@1')))).toEqual([]);
    expect(rules(log, ...puts, put(7, 8, 'a@0=q b@0=q', stale('a@1')))).toEqual(['wrong-read']);
    expect(messages(log, ...puts, put(12, 13, 'a@0=q b@0=q', stale('a@2')))[0]).toContain(
      'never held at the same time',
    );
    expect(rules(log, ...puts, put(7, 8, 'a@0=q', stale('a@0')))).toEqual(['wrong-conflict']);
  });
});

it('a long history fits its log, and not one with two neighbours swapped', () => {
  const { history, log } = longHistory({ operations: 20_000, clients: 64, keys: 16, seed: 1 });
  expect(checkAgainstLog(history, log)).toEqual([]);
  const at = 1000;
  const swapped = log.with(at, { ...log[at + 1]!, seq: at + 1 }).with(at + 1, { ...log[at]!, seq: at + 2 });
  expect(checkAgainstLog(history, swapped).map(({ rule }) => rule)).toEqual(['wrong-seq', 'wrong-seq']);
});
