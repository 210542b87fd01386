/** Reads the settings that the command line gives: `--name value` or `--name=value`; a switch may stand alone. */
import { ConfigError, quote } from './config-error.ts';
import { type Given, knownFlags, settingOfFlag, unknownSetting } from './given.ts';
import type { Kind } from './kinds.ts';
import { configFileFlag, flagOf, type SettingName, settings, tokenVariable } from './settings.ts';

export interface Flags {
  readonly given: readonly Given[];
  /** What `--config` names. */
  readonly configFile: string | undefined;
}

/** `argv` without the runtime and the script; without `--help` and `--version`. */
export function readFlags(argv: readonly string[]): Flags | ConfigError {
  const given: Given[] = [];
  const seen = new Set<string>();
  let configFile: string | undefined;
  for (let at = 0; at < argv.length; at++) {
    const [flag, attached] = splitFlag(argv[at]!);
    if (!flag.startsWith('--') || flag === '--')
      return new ConfigError(`unexpected argument ${quote(flag)}; --help lists all`);
    if (flag === '--token') return tokenInFlag();
    const name = settingOfFlag.get(flag);
    if (name === undefined && flag !== configFileFlag) return unknownSetting(flag, flag, knownFlags);
    if (seen.has(flag)) return new ConfigError(`${flag} is given twice`);
    seen.add(flag);

    if (name !== undefined && settingKind(name).isSwitch && attached === undefined) {
      given.push({ name, text: 'true', source: flag });
      continue;
    }
    const text = attached ?? argv[++at];
    if (text === undefined || (attached === undefined && text.startsWith('--'))) {
      return new ConfigError(`${flag} needs a value; one that starts with -- is written ${flag}=VALUE`);
    }
    if (name === undefined) configFile = text;
    else given.push({ name, text, source: flag });
  }
  return { given, configFile };
}

function settingKind(name: SettingName): Kind<unknown> {
  return settings[name].kind;
}

function splitFlag(argument: string): [flag: string, attached: string | undefined] {
  const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
  return equals === -1 ? [argument, undefined] : [argument.slice(0, equals), argument.slice(equals + 1)];
}

// Every user of the machine can read the arguments of every process.
function tokenInFlag(): ConfigError {
  return new ConfigError(
    `the token is not taken from --token, where others could read it; use ${flagOf('tokenFile')} or ${tokenVariable}`,
  );
}
