import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/store-fixture.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the generated protobuf code is what the generator makes of proto/log.proto', () => {
  const checkedIn = join(root, 'src/wal/generated');
  const fresh = temporaryDirectory();
  execFileSync('sh', [join(root, 'scripts/proto.sh'), fresh], { stdio: 'pipe' });
  expect(readdirSync(checkedIn).toSorted()).toEqual(readdirSync(fresh).toSorted());
  for (const file of readdirSync(fresh)) {
    expect(readFileSync(join(checkedIn, file), 'utf8'), `${file}: run npm run proto`).toBe(
      readFileSync(join(fresh, file), 'utf8'),
    );
  }
});
