import { expect, test } from 'vitest';
import { refuseUnreadable } from '../../src/wal/block-reader.ts';
import { StartRefusal } from '../../src/wal/refusal.ts';

/** The refusal that a failed read becomes. */
function refusalOf(error: unknown): StartRefusal {
  try {
    return refuseUnreadable('/data/1.log', 8192, error);
  } catch (refusal) {
    return refusal as StartRefusal;
  }
}

test('S15: a failed read is refused with file, offset and errno, and keeps its cause', () => {
  const eio = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
  const refusal = refusalOf(eio);
  expect(refusal).toBeInstanceOf(StartRefusal);
  expect(refusal).toMatchObject({ exitCode: 74, message: 'cannot read /data/1.log at offset 8192: EIO', cause: eio });
});

test('S15: a failure that has no errno is refused in its own words', () => {
  expect(refusalOf(new Error('no memory')).message).toBe('cannot read /data/1.log at offset 8192: no memory');
});
