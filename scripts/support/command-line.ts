/**
 * What a script was called with. `usage` is one line or several, each a way to call it: `--help` prints them and ends the
 * process, and a mistake is told in a line with the usage below it, and ends it with exit code 64 (EX_USAGE of sysexits.h).
 */
import { type ParseArgsConfig, parseArgs } from 'node:util';

const EX_USAGE = 64;

export function readCommandLine<Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  if (process.argv.slice(2).includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    misuse(usage, (error as Error).message);
  }
}

/** `what` names what was wrong and what is allowed. */
export function misuse(usage: string, what: string): never {
  console.error(`${what}\n\nusage:\n${usage}`);
  process.exit(EX_USAGE);
}

/** The value `text` of the option `name`. */
export function wholeNumber(usage: string, name: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= min && number <= max) return number;
  misuse(usage, `--${name} is ${JSON.stringify(text)}; allowed is a whole number from ${min} to ${max}`);
}
