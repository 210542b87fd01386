/** The small data structures behind the inspector. */
import { describe, expect, test } from 'vitest';
import { FlushLog } from '../../src/inspector/flush-log.ts';
import { HotKeys } from '../../src/inspector/hot-keys.ts';
import { Redaction } from '../../src/inspector/redaction.ts';
import { TICKET_LIFE_MS, Tickets } from '../../src/inspector/tickets.ts';
import { readViewerMessage } from '../../src/inspector/viewer-message.ts';
import { WholeFloat } from '../../src/wal/value.ts';

describe('hot keys', () => {
  test('keep what comes again and again, however many others come once', () => {
    const hot = new HotKeys(0);
    for (let round = 0; round < 20_000; round += 1) {
      if (round % 10 === 0) hot.count('hot', 'stale');
      hot.count(`once-${round}`, 'wins');
    }
    const [first] = hot.hottest(1, 0);
    expect(first).toEqual({ key: 'hot', wins: 0, stale: 2000, inFlight: 0 });
  });

  test('fade by half in a minute', () => {
    const hot = new HotKeys(0);
    for (let count = 0; count < 8; count += 1) hot.count('k', 'inFlight');
    expect(hot.hottest(1, 60_000)).toEqual([{ key: 'k', wins: 0, stale: 0, inFlight: 4 }]);
    expect(hot.hottest(1, 600_000)).toEqual([]);
  });

  test('know who wrote a version, until somebody has written the next', () => {
    const hot = new HotKeys(0);
    hot.written('k', { id: 'one', version: 1, atMs: 5 });
    expect(hot.writerOf('k', 1)).toMatchObject({ id: 'one' });
    hot.written('k', { id: 'two', version: 2, atMs: 6 });
    expect(hot.writerOf('k', 1)).toBeUndefined();
    expect(hot.writerOf('k', 2)).toMatchObject({ id: 'two' });
    expect(hot.writerOf('other', 2)).toBeUndefined();
  });
});

describe('the flush log', () => {
  test('adds up an interval, and tells of the slowest and of those asked for', () => {
    const log = new FlushLog();
    const flush = (from: number, to: number, transactions: number, isUsed: boolean) => {
      log.begin(from);
      log.end(to, { transactions, bytes: transactions * 100, firstSeq: 1 });
      for (let told = 0; told < transactions; told += 1) log.tell(isUsed && told === 0);
    };
    flush(0, 1, 3, true);
    flush(1, 2, 4, false);
    flush(2, 12, 5, false);
    const { totals, records } = log.takeInterval(7);
    expect(totals).toEqual({
      count: 3,
      transactions: 12,
      bytes: 1200,
      busyMs: 12,
      longestMs: 10,
      failed: 0,
      waiting: 7,
    });
    expect(records.map(({ number }) => number)).toEqual([1, 3]);
    expect(log.takeInterval(0)).toMatchObject({ totals: { count: 0, busyMs: 0, longestMs: 0 }, records: [] });
  });

  test('says nothing of a flush that began before it looked', () => {
    const log = new FlushLog();
    log.end(5, { transactions: 9, bytes: 9, firstSeq: 1 });
    expect(log.tell(true)).toBeUndefined();
    expect(log.takeInterval(0).totals.count).toBe(0);
  });

  test('those behind a flush that had no room were in none', () => {
    const log = new FlushLog();
    log.begin(0);
    log.end(1, { transactions: 2, bytes: 200, error: 'no room' });
    expect([log.tell(true)?.number, log.tell(true)?.number, log.tell(true)]).toEqual([1, 1, undefined]);
    expect(log.takeInterval(0)).toMatchObject({ totals: { count: 1, failed: 1 } });
  });
});

describe('redaction', () => {
  const shown = new Redaction({ hidesKeys: false, hidesValues: false, secret: new Uint8Array(1) });
  const hidden = new Redaction({ hidesKeys: true, hidesValues: true, secret: new Uint8Array(1) });

  test('labels are the same for one key, differ between keys, and between servers', () => {
    const other = new Redaction({ hidesKeys: true, hidesValues: true, secret: new Uint8Array([7]) });
    expect(hidden.key('cart:1')).toMatch(/^key#[0-9a-f]{8}$/);
    expect(hidden.key('cart:1')).toBe(hidden.key('cart:1'));
    expect(hidden.key('cart:1')).not.toBe(hidden.key('cart:2'));
    expect(hidden.key('cart:1')).not.toBe(other.key('cart:1'));
  });

  test('a long key is cut, and two long ones stay apart', () => {
    const start = '🦀'.repeat(100);
    expect(shown.key(`${start}a`)).not.toBe(shown.key(`${start}b`));
    expect(shown.key(`${start}a`).length).toBeLessThan(140);
    expect(shown.key(`x${start}`).isWellFormed()).toBe(true);
    expect(shown.key('cart:1')).toBe('cart:1');
  });

  test('values are exact JSON texts, and cut', () => {
    expect(shown.value(new WholeFloat(2))).toBe('2.0');
    expect(shown.value(2n ** 62n)).toBe('4611686018427387904');
    expect(shown.value('<b>"')).toBe(String.raw`"<b>\""`);
    expect(shown.value([1, new WholeFloat(-0)])).toBe('[1,-0.0]');
    expect(shown.value('x'.repeat(1_000_000))).toMatch(/^"x{199}…$/);
    expect(shown.value(Array<number>(10_000).fill(1))).toMatch(/^\[1,[1,]*…$/);
    expect(hidden.value('secret')).toBeUndefined();
  });

  test('labels stay the same when there are very many keys', () => {
    const label = hidden.key('cart:1');
    for (let number = 0; number < 10_000; number += 1) hidden.key(`other:${number}`);
    expect(hidden.key('cart:1')).toBe(label);
  });

  test('error messages lose the keys that they quote', () => {
    expect(hidden.error('key "a \\" b" has version 3')).toBe('key "…" has version 3');
    expect(shown.error('key "a" has version 3')).toBe('key "a" has version 3');
  });
});

describe('tickets', () => {
  test('open one connection, within their life', () => {
    let now = 0;
    const tickets = new Tickets(() => now);
    const ticket = tickets.issue();
    expect(ticket).toMatch(/^[0-9a-f]{32}$/);
    expect(tickets.take('0'.repeat(32))).toBe(false);
    expect(tickets.take(ticket)).toBe(true);
    expect(tickets.take(ticket)).toBe(false);
    const late = tickets.issue();
    now += TICKET_LIFE_MS + 1;
    expect(tickets.take(late)).toBe(false);
  });

  test('the oldest give way, so that no number of them fills the memory', () => {
    const tickets = new Tickets(() => 0);
    const issued = Array.from({ length: 17 }, () => tickets.issue());
    expect(issued.map((ticket) => tickets.take(ticket))).toEqual([false, ...Array<boolean>(16).fill(true)]);
  });
});

test.each<[text: string, isRight: boolean]>([
  ['{"type":"open"}', true],
  ['{"type":"open","token":"t"}', true],
  ['{"type":"watch","oneIn":"auto"}', true],
  ['{"type":"watch","oneIn":10,"key":"k"}', true],
  ['{"type":"open","token":5}', false],
  ['{"type":"open","token":"t","more":1}', false],
  ['{"type":"watch"}', false],
  ['{"type":"watch","oneIn":0}', false],
  ['{"type":"watch","oneIn":1.5}', false],
  ['{"type":"watch","oneIn":1000001}', false],
  ['{"type":"watch","oneIn":"1"}', false],
  ['{"type":"watch","oneIn":1,"key":7}', false],
  ['{"type":"put"}', false],
  ['[]', false],
  ['null', false],
  ['{', false],
  ['', false],
])('a viewer may say %s: %s', (text, isRight) => {
  expect(readViewerMessage(text) !== undefined).toBe(isRight);
});
