import { expect, test } from 'vitest';
import { Damage, missingBlock, missingSuccessor, type SeqRange } from '../../src/wal/refusal.ts';

function messageFor(seqs: SeqRange): string {
  return new Damage({ file: '/data/0000000000000002.log', offset: 8192, seqs, what: 'a bad batch' }).message;
}

test('damage says in one line which file, where, which transactions, what, and what to do', () => {
  expect(messageFor({ first: 4, last: 9 })).toBe(
    'damage in /data/0000000000000002.log at offset 8192, transactions 4 to 9: a bad batch; restore this file from a copy',
  );
});

test('the transactions are said as a person would say them', () => {
  expect(messageFor({ first: 4, last: 4 })).toContain(', transaction 4: ');
  expect(messageFor({ first: 4, last: undefined })).toContain(', transactions from 4 on: ');
  expect(messageFor({ first: 4, last: 3 })).toContain(', after transaction 3: '); // a mark, and nothing lost
});

test('damage and missing blocks end the process with exit code 65', () => {
  const damage = new Damage({ file: 'f', offset: 0, seqs: { first: 1, last: 1 }, what: 'w' });
  expect(damage).toMatchObject({ name: 'Damage', exitCode: 65 });
  expect(missingBlock('/data', 'log block 2')).toMatchObject({
    name: 'StartRefusal',
    exitCode: 65,
    message: 'a block is missing in /data: log block 2; restore it from a copy',
  });
});

test('S20: a sealed block without successor names the newest file that is there', () => {
  expect(missingSuccessor('/data', '0000000000000002.log').message).toBe(
    'a block is missing in /data: 0000000000000002.log is sealed, and its successor is not there; restore it from a copy',
  );
});
