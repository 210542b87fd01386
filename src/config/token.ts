/** The token that requests must bear: from a private file or the environment, never from where others could read it. */
import { errnoOf } from '../wal/platform.ts';
import { ConfigError } from './config-error.ts';
import { tokenVariable } from './settings.ts';

/** 128 bits in base64url. */
const lengthMin = 22;

/** A file as the loader needs it. */
export interface TextFile {
  readonly text: string;
  /** Permission bits, and no others. */
  readonly mode: number;
}

export interface TokenSources {
  readonly variable: string | undefined;
  /** `tokenFile`, with where that was given. */
  readonly file: { readonly path: string; readonly source: string } | undefined;
  readFile(path: string): TextFile;
}

/** `undefined` where no source gives one. No error ever shows the token. */
export function readToken({ variable, file, readFile }: TokenSources): { token: string | undefined } | ConfigError {
  if (file === undefined) return variable === undefined ? { token: undefined } : check(variable, tokenVariable);
  if (variable !== undefined)
    return new ConfigError(`the token is given twice: by ${tokenVariable} and by tokenFile (${file.source})`);
  const named = `tokenFile (${file.source})`;
  try {
    const { text, mode } = readFile(file.path);
    if ((mode & 0o077) !== 0) {
      const given = mode.toString(8).padStart(4, '0');
      return new ConfigError(`${named}: ${file.path} has mode ${given} and others could read it, allowed is 0600`);
    }
    return check(text.replace(/\r?\n$/, ''), named);
  } catch (error) {
    return new ConfigError(`${named}: cannot read ${file.path}: ${errnoOf(error) ?? (error as Error).message}`);
  }
}

function check(token: string, source: string): { token: string } | ConfigError {
  // Printable ASCII without the space: what an Authorization header can carry.
  if (token.length >= lengthMin && /^[!-~]*$/.test(token)) return { token };
  return new ConfigError(
    `the token of ${source} is not usable (${token.length} characters), allowed are at least ${lengthMin} printable ASCII characters without spaces, such as: openssl rand -base64 24`,
  );
}
