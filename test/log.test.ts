import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openLog } from '../src/log.ts';

const directory = mkdtempSync(join(tmpdir(), 'concave-log-'));
afterAll(() => rmSync(directory, { recursive: true }));

test('a line is JSON, and every line is written when the call returns', () => {
  const path = join(directory, 'log');
  const descriptor = openSync(path, 'w');
  const log = openLog(descriptor);
  log.info('first');
  log.info({ event: 'ready' }, 'listening');
  const lines = readFileSync(path, 'utf8').split('\n');
  closeSync(descriptor);
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[1]!)).toMatchObject({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    pid: process.pid,
    event: 'ready',
    msg: 'listening',
  });
});

test.runIf(process.platform === 'linux')(
  'a log that cannot be written throws nothing and takes no endless memory',
  () => {
    const descriptor = openSync('/dev/full', 'w');
    const log = openLog(descriptor);
    const line = 'x'.repeat(64 * 1024);
    const before = process.memoryUsage().rss;
    for (let count = 0; count < 4096; count++) log.info(line);
    closeSync(descriptor);
    // Kept whole it would be 256 MiB.
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
  },
);
