import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
const lock = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<
    Record<string, { readonly dev?: true; readonly hasInstallScript?: true; readonly resolved?: string }>
  >;
};
const installed = Object.entries(lock.packages).filter(([path]) => path !== '');

test('N15: fewer than 80 packages are there in production, and none has to run a script to be installed', () => {
  const production = installed.filter(([, { dev }]) => !dev);
  expect(production.length).toBeGreaterThan(Object.keys(manifest.dependencies!).length);
  expect(production.length).toBeLessThan(80);
  expect(production.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
});

test('N15: each direct dependency has its reason in the README, and an exact version', () => {
  const table = read('README.md').split('## Dependencies')[1]!;
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
    expect(table).toContain(`\`${name}\``);
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  }
});

test('the lock file names no place to download from', () => {
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});
