/**
 * Fastify on LMDB with its own conditional put (`ifVersion`). Puts of one turn share a transaction, which another thread
 * writes; a put is answered once its transaction is flushed, as `lmdb` does it by default.
 *
 *     node lmdb-server.ts DIRECTORY
 */
import path from 'node:path';
import { open } from 'lmdb';
import { serve } from './put-server.ts';

/** As a version that is expected: the key must not exist. */
const NOT_THERE = null as unknown as number;

const store = open<string, string>({ path: path.join(process.argv[2]!, 'data.mdb'), useVersions: true, cache: false });

await serve({
  put({ key, value, version }) {
    return store.put(key, value, version + 1, version === 0 ? NOT_THERE : version);
  },
  get(key) {
    const entry = store.getEntry(key);
    return entry && { key, value: entry.value, version: entry.version! };
  },
});
