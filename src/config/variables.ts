/** Reads the settings that the environment gives. */
import type { ConfigError } from './config-error.ts';
import { type Given, settingOfVariable, unknownSetting } from './given.ts';
import { configFileVariable, tokenVariable } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Every variable whose name starts with `CONCAVE_` must be one of ours, so that a mistyped one is not silently without effect. */
export function readVariables(environment: Environment): readonly Given[] | ConfigError {
  const given: Given[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('CONCAVE_') || text === undefined || others.includes(variable)) continue;
    const name = settingOfVariable.get(variable);
    if (name === undefined) return unknownSetting(variable, variable, [...settingOfVariable.keys(), ...others]);
    given.push({ name, text, source: variable });
  }
  return given;
}

const others = [configFileVariable, tokenVariable];
