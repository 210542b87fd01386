/** System calls that fail, on the real binary. A spread of positions; `npm run prove` takes every position in turn. */
import { describe, expect, test } from 'vitest';
import { mayUse } from '../support/can-run.ts';
import { type Call, callsOfWorkload, type End, runWithFault, traceWorkload } from './system-calls.ts';

describe.runIf(mayUse('strace')).concurrent('one call fails', () => {
  test.each<[row: string, what: string, errno: string, call: Call, nth: number, end: End]>([
    ['S7', 'the directory is made', 'EIO', 'mkdir', 1, 'refused'],
    ['S7', 'the first block is written', 'EIO', 'pwrite64', 2, 'refused'],
    ['S7', 'the first block gets its name', 'EIO', 'rename', 1, 'refused'],
    ['S7', 'the name of the store is synced', 'EIO', 'fsync', 8, 'refused'],
    ['S7', 'a batch is written', 'EIO', 'pwrite64', 6, 'halted'],
    ['S7', 'a spare block is written', 'EIO', 'pwrite64', 10, 'halted'],
    ['S7', 'a spare block is synced', 'EIO', 'fsync', 12, 'halted'],
    ['S7', 'a block gets its name', 'EIO', 'rename', 3, 'halted'],
    ['S7', 'the name of a block is synced', 'EIO', 'fsync', 13, 'halted'],
    ['S7', 'the last block is sealed on the way out', 'EIO', 'pwrite64', 22, 'halted'],
    ['S9', 'a spare block is written', 'ENOSPC', 'pwrite64', 10, 'unharmed'],
    ['S9', 'a block gets its name', 'ENOSPC', 'rename', 4, 'noRoom'],
    ['S10', 'a batch is written', 'ENOSPC', 'pwrite64', 6, 'halted'],
    ['S10', 'a batch is written', 'EDQUOT', 'pwrite64', 6, 'halted'],
    ['S11', 'a spare block is written', 'EDQUOT', 'pwrite64', 10, 'unharmed'],
    ['S11', 'a spare block is opened', 'EMFILE', 'openat', 8, 'unharmed'],
    ['S11', 'the first block is opened', 'EMFILE', 'openat', 3, 'refused'],
    ['S14', 'a batch is written', 'EINTR', 'pwrite64', 6, 'unharmed'],
    ['S14', 'the name of a block is synced', 'EINTR', 'fsync', 13, 'unharmed'],
    ['S14', 'a batch is written', 'EAGAIN', 'pwrite64', 6, 'halted'],
    ['S14', 'a batch is written', 'EBADF', 'pwrite64', 6, 'halted'],
  ])('%s: while %s, %s by %s %i: %s', async (_row, _what, errno, call, nth, end) => {
    expect(await runWithFault({ call, nth, errno })).toBe(end);
  });
});

describe.runIf(mayUse('strace'))('the calls of a store, from its first start to its end', () => {
  test.each(Object.entries(callsOfWorkload) as [Call, number][])('%s is called %i times', async (call, count) => {
    expect(await traceWorkload(call)).toHaveLength(count);
  });

  test('S6: come in an order in which every step is safe to die after', async () => {
    const trace = await traceWorkload('mkdir', 'fsync', 'pwrite64', 'rename');
    const steps = trace.map(({ call, file }) => `${call} ${file}`);
    const [block, next] = ['0000000000000001.log', '0000000000000002.log'];
    const synced = steps.indexOf('fsync data', steps.indexOf('rename IDENTITY.tmp'));
    expect(steps[0]).toBe('mkdir data');
    // The directory above, whose name is made up for the test.
    expect(steps[1]).toMatch(/^fsync concave-calls-/);
    expect(steps.slice(steps.indexOf(`pwrite64 ${block}.tmp`), synced + 1)).toEqual([
      `pwrite64 ${block}.tmp`,
      `fsync ${block}.tmp`,
      `pwrite64 ${block}.tmp`, // its header, on a descriptor that syncs
      `rename ${block}.tmp`,
      'fsync data',
      'pwrite64 IDENTITY.tmp',
      'fsync IDENTITY.tmp',
      'rename IDENTITY.tmp',
      'fsync data',
    ]);

    // The next block has its name for good before the one before it is sealed, and a batch only after that.
    const named = steps.indexOf('rename blank-1.tmp');
    expect(steps.slice(named - 1, named + 3)).toEqual([
      'pwrite64 blank-1.tmp',
      'rename blank-1.tmp',
      'fsync data',
      `pwrite64 ${block}`,
    ]);
    expect(steps.indexOf(`pwrite64 ${next}`)).toBeGreaterThan(named + 2);
    expect(steps.indexOf('fsync blank-1.tmp')).toBeLessThan(named);
  });
});
