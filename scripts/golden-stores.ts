/**
 * Writes the golden stores of the present format to a directory that is not there yet; see test/golden/README.md.
 *
 *     npx node scripts/golden-stores.ts test/golden/1.0
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { pack } from '../test/golden/golden-files.ts';
import { makeCleanStore, makeTornStore } from '../test/golden/make-stores.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('say where to: npx node scripts/golden-stores.ts test/golden/<format>');
mkdirSync(directory);
pack(await makeCleanStore(), path.join(directory, 'clean'));
pack(await makeTornStore(), path.join(directory, 'torn'));
