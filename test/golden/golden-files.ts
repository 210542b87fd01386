/** How golden stores are kept: one directory a store, each file of the store packed by itself, for blocks are mostly zeros. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { StoreFiles } from './make-stores.ts';

const PACKED_SUFFIX = '.gz';

/** Throws if there is such a store already: a golden store is never written anew. */
export function pack(store: StoreFiles, directory: string): void {
  mkdirSync(directory);
  for (const [name, bytes] of store)
    writeFileSync(join(directory, `${name}${PACKED_SUFFIX}`), gzipSync(bytes, { level: 9 }));
}

/** Makes the data directory `target`. */
export function unpack(directory: string, target: string): void {
  mkdirSync(target);
  for (const packed of readdirSync(directory)) {
    const bytes = gunzipSync(readFileSync(join(directory, packed)));
    writeFileSync(join(target, packed.slice(0, -PACKED_SUFFIX.length)), bytes);
  }
}
