/** The least that a put costs any engine of this kind: its record encoded and checksummed, and two maps told. No actor, no file. */

import { FRAME_HEAD_BYTES, writeFrameHead } from '../../src/wal/format.ts';
import { encodeTx, TX_ID_BYTES } from '../../src/wal/tx-codec.ts';
import { keyText } from '../load/key-text.ts';
import { printResult, programOptions, repeatFor } from './program.ts';

export interface ReferencePutsOptions {
  readonly keys: number;
  readonly seconds: number;
}

const { keys: keyCount, seconds } = programOptions<ReferencePutsOptions>();
const SEED = 1;
const keys = Array.from({ length: keyCount }, (_, index) => keyText('engine00', index));
const id = Buffer.alloc(TX_ID_BYTES, 7);
const block = Buffer.alloc(4096);
const index = new Map<string, { value: string; version: number }>();
const locks = new Map<string, Buffer>();

let version = 0;

repeatFor(seconds / 2, putEachKey);
printResult(repeatFor(seconds, putEachKey));

function putEachKey(): number {
  version += 1;
  for (const key of keys) {
    const record = encodeTx(id, [{ key, value: key, version }]);
    record.copy(block, FRAME_HEAD_BYTES);
    writeFrameHead(block, 0, record.length, SEED);
    index.set(key, { value: key, version });
    locks.set(key, record);
  }
  return keys.length;
}
