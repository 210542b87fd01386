/** Where the Chromium of this machine is: as `CHROMIUM_PATH` says, or at one of the places where people have it. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const ELSEWHERE = [
  '/usr/lib/chromium/chromium',
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A path, or a plain name where there is none to be found. */
export function chromiumCommand(): string {
  const { CHROMIUM_PATH: wanted, PATH = '' } = process.env;
  // What was asked for is taken as it is: another browser in its place would be a surprise.
  if (wanted) return wanted;
  const inPath = NAMES.flatMap((name) => PATH.split(delimiter).map((directory) => join(directory, name)));
  return [...inPath, ...ELSEWHERE].find((path) => existsSync(path)) ?? NAMES[0]!;
}
