import { expect, test } from 'vitest';
import { compactionPorts } from '../../src/wal/compaction-ports.ts';
import type { MergeJob } from '../../src/wal/merge.ts';
import { Backlog } from '../../src/wal/merge-pace.ts';
import { nodeFileSystem } from '../../src/wal/node-platform.ts';

test('a merge can tell at any time how many blocks wait', async () => {
  let job: MergeJob | undefined;
  const place = { files: nodeFileSystem, directory: '/nowhere', uuid: new Uint8Array(16), maxBlockSize: 4096 };
  const ports = compactionPorts(place, async (given) => {
    job = given;
    return {} as never;
  });
  ports.noteBacklog(3);
  await ports.merge([], new AbortController().signal);
  const there = new Backlog(structuredClone(job!.backlog));
  expect(there.blocks).toBe(3);
  ports.noteBacklog(4);
  expect(there.blocks).toBe(4);
});
