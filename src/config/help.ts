/** What people read about the settings, made from their table: the text of `--help` and `concave.sample.yaml`. */
import type { Kind } from './kinds.ts';
import {
  configFileFlag,
  configFileVariable,
  flagOf,
  groups,
  type SettingName,
  settingNames,
  settings,
  tokenVariable,
} from './settings.ts';

export function helpText(version: string): string {
  const lines = [
    `concave ${version}: a durable key/value server with optimistic concurrency control`,
    '',
    'npm start -- [FLAG VALUE | FLAG=VALUE]…',
    '',
    'Each setting can be a flag (--max-blocks 20), an environment variable (CONCAVE_MAX_BLOCKS=20) or a line of a YAML',
    'file (maxBlocks: 20; concave.sample.yaml has all). A flag wins over a variable, a variable over the file.',
    '',
    `  ${configFileFlag} FILE`,
    `      The YAML file. Default: what ${configFileVariable} names, else ./concave.yaml if there is one.`,
    '  --help, --version',
    '      Print this, or the version.',
    `  ${tokenVariable} (an environment variable only)`,
    '      The token that requests must bear, if it is not in a file: at least 22 printable characters.',
  ];
  for (const group of groups) {
    lines.push('', group);
    for (const name of namesOf(group)) {
      lines.push(`  ${flagUsage(name)}`, `      ${settings[name].about}`, `      ${defaultAndBounds(name)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Every setting commented out at its default: without the `#` in front of the names, the file means the same. */
export function sampleYaml(): string {
  const lines = [
    '# All settings of concave with their defaults. Copy to concave.yaml and take away the # in front of those to change.',
    `# Environment variables (CONCAVE_MAX_BLOCKS) and flags (--max-blocks) win over this file. The token is never written`,
    `# here: it is in tokenFile, or in the environment variable ${tokenVariable}.`,
  ];
  for (const group of groups) {
    lines.push('', `# ${group}`);
    for (const name of namesOf(group)) {
      const { kind, default: value } = settings[name];
      lines.push('', `# ${settings[name].about}`, `# ${defaultAndBounds(name)}`);
      lines.push(`#${name}:${kind.isList ? ' []' : value && ` ${value}`}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** `--max-blocks INTEGER`; of a switch, what may be left out is in brackets. */
export function flagUsage(name: SettingName): string {
  const kind: Kind<unknown> = settings[name].kind;
  return kind.isSwitch ? `${flagOf(name)}[=${kind.takes}]` : `${flagOf(name)} ${kind.takes}`;
}

function namesOf(group: string): SettingName[] {
  return settingNames.filter((name) => settings[name].group === group);
}

function defaultAndBounds(name: SettingName): string {
  const { kind, default: value } = settings[name];
  const unit = kind.takes === 'MS' ? ' ms' : '';
  return `Default: ${value === '' ? 'none' : value + unit}. Allowed: ${kind.allowed}.`;
}
