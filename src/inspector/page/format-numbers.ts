/** How numbers, times and names are written, the same everywhere on the page. */

const grouped = new Intl.NumberFormat('en-US');

/** `12,345` */
export function formatCount(value: number): string {
  return grouped.format(Math.round(value));
}

/** At most four characters and a unit, for badges: `987`, `12.3k`, `4.56M`. */
export function formatShort(value: number): string {
  if (Math.abs(value) < 1000) return `${Math.round(value)}`;
  for (const [unit, size] of SHORT_UNITS) {
    // 999,600 would be written as 1000k: the next unit takes it.
    if (Math.abs(value) >= size * 0.9995) return `${threeDigits(value / size)}${unit}`;
  }
  return `${Math.round(value)}`;
}

const SHORT_UNITS: readonly (readonly [unit: string, size: number])[] = [
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
];

/** `2.7k/s`, `12/s`, `0.4/s` */
export function formatRate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 10) return `${trimZeros(perSecond.toFixed(1))}/s`;
  return `${formatShort(perSecond)}/s`;
}

/** `38 µs`, `1.62 ms`, `124 ms`, `12.4 s`, `2 min 5 s` */
export function formatDuration(ms: number): string {
  const size = Math.abs(ms);
  if (size === 0) return '0 ms';
  if (size < 0.9995) return `${size < 0.0095 ? trimZeros((ms * 1000).toFixed(1)) : Math.round(ms * 1000)} µs`;
  if (size < 999.5) return `${threeDigits(ms)} ms`;
  if (size < 59_950) return `${threeDigits(ms / 1000)} s`;
  const seconds = Math.round(size / 1000);
  const rest = seconds % 60;
  return `${ms < 0 ? '−' : ''}${Math.floor(seconds / 60)} min${rest ? ` ${rest} s` : ''}`;
}

/** Whole seconds: `42 s`, `5 min` */
export function formatSeconds(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest ? ` ${rest} s` : ''}`;
}

/** How long ago something was, from the moment that is shown: `−12.4 s`. */
export function formatAgo(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  return seconds < 60
    ? `−${seconds.toFixed(1)} s`
    : `−${Math.floor(seconds / 60)}:${pad(Math.floor(seconds % 60))} min`;
}

/** `512 B`, `4.0 KiB`, `64 MiB` */
export function formatBytes(bytes: number): string {
  if (Math.abs(bytes) < 1024) return `${Math.round(bytes)} B`;
  let size = bytes;
  let unit = 0;
  while (Math.abs(size) >= 1023.5 && unit < BYTE_UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${BYTE_UNITS[unit]}`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `63 %`; what is there is never written as nothing, and what is missing something as all. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const percent = (100 * part) / whole;
  if (percent < 1) return '< 1 %';
  if (part < whole && percent > 99) return '> 99 %';
  return `${Math.round(percent)} %`;
}

/** Ids of one server begin alike and end in a counter: `5c1f…0a3e`. */
export function shortId(id: string): string {
  return id.length > 12 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id;
}

/** Wall clock, in the reader's time zone: `14:03:22.4` */
export function formatClock(startedAt: string, atMs: number): string {
  const date = new Date(Date.parse(startedAt) + atMs);
  if (Number.isNaN(date.getTime())) return formatDuration(atMs);
  const tenths = Math.floor(date.getMilliseconds() / 100);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${tenths}`;
}

/**
 * A key as it can be shown on one line: control characters, and those that turn the direction of the text around them, are
 * written as escapes. Nobody can make one key look like another with them.
 */
export function visibleKey(key: string): string {
  return key.replace(INVISIBLE, (character) => {
    const known = SHORT_ESCAPES[character];
    return known ?? `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}

// The joiner of emoji (U+200D) is left alone.
const INVISIBLE = /[\p{Cc}\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\u061c]/gu;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** `1 key`, `3 keys` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size < 9.995) return value.toFixed(2);
  return size < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

function trimZeros(text: string): string {
  return text.replace(/\.0+$/, '');
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
