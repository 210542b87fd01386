import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { flagUsage, helpText, sampleYaml } from '../src/config/help.ts';
import { flagOf, settingNames, settings, variableOf } from '../src/config/settings.ts';
import { mustLoad, yaml } from './support/load-config.ts';

const samplePath = new URL('../concave.sample.yaml', import.meta.url);
const sample = readFileSync(samplePath, 'utf8');

/** The sample with every setting put into force. */
const inForce = sample.replaceAll(/^#(?=\w+:)/gm, '');

test('the sample file is what the table of settings says; `npx vitest run -u` writes it anew', async () => {
  await expect(sampleYaml()).toMatchFileSnapshot('../concave.sample.yaml');
});

test.each(settingNames)('the sample gives %s with its default and its bounds', (name) => {
  const { kind, default: value } = settings[name];
  const lines = sample.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`#${name}:`));
  expect(lines[at]).toBe(`#${name}:${kind.isList ? ' []' : value && ` ${value}`}`);
  expect(lines[at - 1]).toContain(`Allowed: ${kind.allowed}.`);
  expect(lines[at - 2]).toBe(`# ${settings[name].about}`);
});

test('as it is, the sample sets nothing', () => {
  expect(mustLoad(yaml(sample)).sources).toEqual(mustLoad().sources);
});

test('with every setting in force the sample means the defaults', () => {
  const { config, sources } = mustLoad(yaml(inForce));
  expect(config).toEqual(mustLoad().config);
  for (const name of settingNames) expect(sources[name]).toMatch(/^concave\.yaml line \d+$/);
});

test('help has every setting', () => {
  const help = helpText('1.2.3');
  expect(help).toContain('concave 1.2.3');
  for (const name of settingNames) {
    expect(help).toContain(`\n  ${flagUsage(name)}\n      ${settings[name].about}\n`);
  }
});

test('no two settings share a flag or a variable', () => {
  expect(new Set(settingNames.map(flagOf)).size).toBe(settingNames.length);
  expect(new Set(settingNames.map(variableOf)).size).toBe(settingNames.length);
});
