/** Settles what a compaction left over that a crash cut short: a merged block beside the blocks it stands for. */
import path from 'node:path';
import { type BlockName, blockFileName, QUARANTINE_SUFFIX } from './block-name.ts';
import { type Arrangement, arrange, tiles } from './block-set.ts';
import { sameLink } from './format.ts';
import type { RecoveryOptions } from './recovery.ts';
import { Damage, missingSuccessor } from './refusal.ts';
import { findDamage, readHeader } from './whole-block.ts';

type SettleOptions = Pick<RecoveryOptions, 'files' | 'directory' | 'onNotice'>;

/**
 * Finishes a compaction that a crash cut short between rename and unlink: the inputs are deleted once the block that
 * replaces them is proved. One that fails its checks gives way to its inputs.
 */
export async function settleLeftovers(
  options: SettleOptions,
  { log, leftovers }: Arrangement,
): Promise<readonly BlockName[]> {
  const settled: BlockName[] = [];
  for (const [index, name] of log.entries()) {
    const inputs = leftovers.get(name);
    if (!inputs) settled.push(name);
    else settled.push(...(await settleCompaction(options, name, inputs, log[index + 1])));
  }
  return settled;
}

async function settleCompaction(
  options: SettleOptions,
  name: BlockName,
  inputs: readonly BlockName[],
  successor: BlockName | undefined,
): Promise<readonly BlockName[]> {
  const { files, directory, onNotice } = options;
  const file = path.join(directory.path, blockFileName(name));
  if (!successor) throw missingSuccessor(directory.path, blockFileName(name));
  const damage = await findDamage(files, directory, name);
  if (!damage) {
    await refuseForeignCompaction(options, name, successor);
    // The rename may not be on disk yet. Without this order a power cut could keep the unlinks and lose the rename: the
    // merged block and its inputs gone together.
    const merged = await files.openToAppend(file, 'open');
    await merged.sync().finally(() => merged.close());
    await files.syncDirectory(directory.path);
    for (const input of inputs) await files.unlink(path.join(directory.path, blockFileName(input)));
    await files.syncDirectory(directory.path);
    const message = `${blockFileName(name)} replaces ${inputs.map(blockFileName).join(', ')}: deleted, left over from a compaction`;
    onNotice({ level: 'info', event: 'left_over', message });
    return [name];
  }

  const older = arrangeInputs(inputs);
  if (!older || !tiles(name, older)) throw damage;
  for (const input of older) if (await findDamage(files, directory, input)) throw damage;
  await files.rename(file, `${file}${QUARANTINE_SUFFIX}`);
  await files.syncDirectory(directory.path);
  const message = `${blockFileName(name)} is damaged and set aside (${damage.message}); all of its inputs are whole and are used instead`;
  onNotice({ level: 'warn', event: 'quarantined', message });
  return older;
}

/** The digests chain all log blocks, so a compacted block whose successor knows its end stands for this log and no other. */
async function refuseForeignCompaction(
  { files, directory }: SettleOptions,
  name: BlockName,
  successor: BlockName,
): Promise<void> {
  const { firstSeq, lastInput } = await readHeader(files, directory, name);
  const { previous } = await readHeader(files, directory, successor);
  if (lastInput && sameLink(lastInput, previous)) return;
  throw new Damage({
    file: path.join(directory.path, blockFileName(name)),
    offset: 0,
    seqs: { first: firstSeq, last: previous.lastSeq },
    what: `it stands for other log blocks than the predecessors of ${blockFileName(successor)}`,
  });
}

/** Inputs that themselves are left over from an earlier compaction are only dropped once the later one is settled. */
function arrangeInputs(inputs: readonly BlockName[]): readonly BlockName[] | undefined {
  const arrangement = arrange(inputs);
  return arrangement.ok && arrangement.value.leftovers.size === 0 ? arrangement.value.log : undefined;
}
