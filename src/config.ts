/**
 * Owns how the server's settings are found and checked: defaults, YAML file, environment and flags, each stronger than
 * the one before. What the settings are, with unit, bounds and default, is the table in `config/settings.ts`.
 */
import { resolve } from 'node:path';
import { ConfigError, quote } from './config/config-error.ts';
import { type Flags, readFlags } from './config/flags.ts';
import type { Given } from './config/given.ts';
import type { Machine } from './config/kinds.ts';
import { brokenRelation, fitConnections, fromDefault, isLoopback, type SettingSources } from './config/relations.ts';
import {
  configFileFlag,
  configFileVariable,
  type SettingName,
  type SettingValues,
  settingNames,
  settings,
  tokenVariable,
} from './config/settings.ts';
import { readToken, type TextFile } from './config/token.ts';
import { type Environment, readVariables } from './config/variables.ts';
import { readYaml } from './config/yaml-file.ts';
import { errnoOf } from './wal/platform.ts';

export { ConfigError } from './config/config-error.ts';

/** Every setting, checked. Sizes are in bytes, times in milliseconds, paths absolute. */
export type Config = SettingValues & {
  /** What requests must bear; `undefined`: none is asked for. A secret: never logged, never shown. */
  readonly token: string | undefined;
};

export interface LoadedConfig {
  readonly config: Config;
  readonly sources: SettingSources;
  /** What the person who runs the server should know, one line each. */
  readonly notes: readonly string[];
}

/** All that the loader learns from outside. `machine.workingDirectory` is where `concave.yaml` is looked for. */
export interface Surroundings {
  /** Without the runtime and the script. */
  readonly argv: readonly string[];
  readonly environment: Environment;
  readonly machine: Machine;
  /** Throws if it cannot be read; the error has the code `ENOENT` where there is nothing of that name. */
  readFile(path: string): TextFile;
}

/** `help` and `version`: the person asked for that and wants no server. */
export function loadConfig(surroundings: Surroundings): LoadedConfig | 'help' | 'version' | ConfigError {
  const { argv, environment, machine } = surroundings;
  if (argv.includes('--help')) return 'help';
  if (argv.includes('--version')) return 'version';

  const flags = readFlags(argv);
  if (flags instanceof ConfigError) return flags;
  const variables = readVariables(environment);
  if (variables instanceof ConfigError) return variables;
  const file = readConfigFile(flags, surroundings);
  if (file instanceof ConfigError) return file;

  const read = readValues([...file, ...variables, ...flags.given], machine);
  return read instanceof ConfigError ? read : checkTogether(read, surroundings);
}

const configFileDefault = 'concave.yaml';

function readConfigFile(
  flags: Flags,
  { environment, machine, readFile }: Surroundings,
): readonly Given[] | ConfigError {
  const [named, source] =
    flags.configFile !== undefined
      ? [flags.configFile, configFileFlag]
      : [environment[configFileVariable], configFileVariable];
  const path = named ?? configFileDefault;
  try {
    return readYaml(path, readFile(resolve(machine.workingDirectory, path)).text);
  } catch (error) {
    const errno = errnoOf(error);
    if (named === undefined && errno === 'ENOENT') return [];
    return new ConfigError(
      `cannot read the settings in ${path}${named === undefined ? '' : ` (${source})`}: ${errno ?? (error as Error).message}`,
    );
  }
}

interface ReadValues {
  readonly values: SettingValues;
  readonly sources: SettingSources;
}

/** Of several that give the same setting the last one counts; but all must be right. */
function readValues(given: readonly Given[], machine: Machine): ReadValues | ConfigError {
  const defaults = settingNames.map((name) => ({ name, text: settings[name].default, source: fromDefault }));
  const values = new Map<SettingName, unknown>();
  const sources = new Map<SettingName, string>();
  for (const { name, text, source } of [...defaults, ...given]) {
    const { kind } = settings[name];
    const read = kind.read(text, machine);
    if (read === undefined) {
      return new ConfigError(
        `${name} (${source}): given ${text === '' ? 'nothing' : quote(text)}, allowed is ${kind.allowed}`,
      );
    }
    values.set(name, read.value);
    sources.set(name, source);
  }
  // Every setting has a default, so every name is there with a value of its own kind.
  return {
    values: Object.fromEntries(values) as SettingValues,
    sources: Object.fromEntries(sources) as SettingSources,
  };
}

function checkTogether(
  { values, sources }: ReadValues,
  { environment, machine, readFile }: Surroundings,
): LoadedConfig | ConfigError {
  const { tokenFile } = values;
  const read = readToken({
    variable: environment[tokenVariable],
    file: tokenFile === undefined ? undefined : { path: tokenFile, source: sources.tokenFile },
    readFile,
  });
  if (read instanceof ConfigError) return read;
  const broken = brokenRelation(values, sources, read.token);
  if (broken) return broken;
  const connections = fitConnections(values, sources.maxConnections, machine);
  if (connections instanceof ConfigError) return connections;

  const notes = connections.note === undefined ? [] : [connections.note];
  if (!isLoopback(values.listen) && values.hosts.length === 0) {
    notes.push('hosts is empty: requests from other machines get 421 until it has the names they use');
  }
  return {
    config: { ...values, maxConnections: connections.maxConnections, token: read.token },
    sources,
    notes,
  };
}
