/** Loads settings in a made-up process, so that a test says only what it is about. */
import { expect } from 'vitest';
import { MiB } from '../../src/config/kinds.ts';
import { ConfigError, type LoadedConfig, loadConfig } from '../../src/config.ts';

export interface Process {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Texts by absolute path; the working directory is `/here`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Of every file; 0600 unless it says otherwise. */
  readonly mode?: number;
  readonly cores?: number;
  readonly heapBytesMax?: number;
  readonly openFilesMax?: number | undefined;
}

export function load(process: Process = {}): ReturnType<typeof loadConfig> {
  const { argv = [], env = {}, files = {}, mode = 0o600, cores = 2, heapBytesMax = 4096 * MiB } = process;
  const openFilesMax = 'openFilesMax' in process ? process.openFilesMax : 20_000;
  return loadConfig({
    argv,
    environment: env,
    machine: { workingDirectory: '/here', cores, heapBytesMax, openFilesMax },
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return { text, mode };
    },
  });
}

export function mustLoad(process: Process = {}): LoadedConfig {
  const loaded = load(process);
  if (typeof loaded === 'string' || loaded instanceof ConfigError) {
    throw new Error(`not loaded: ${loaded instanceof ConfigError ? loaded.message : loaded}`);
  }
  return loaded;
}

/** The one line that says why the settings are refused. */
export function refusal(process: Process): string {
  const loaded = load(process);
  expect(loaded, 'these settings should be refused').toBeInstanceOf(ConfigError);
  const { message } = loaded as ConfigError;
  expect(message, 'one line').not.toMatch(/[\r\n]/);
  return message;
}

/** One setting in the file `concave.yaml`. */
export function yaml(text: string): Process {
  return { files: { '/here/concave.yaml': text } };
}
