/** Request headers as they were sent. Node's own `headers` hides doubled ones, and parsers that disagree can be played off. */

/** The value of a header that must be there exactly once; `undefined` if it is missing or doubled. */
export function soleHeader(rawHeaders: readonly string[], lowerCaseName: string): string | undefined {
  let value: string | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (!isName(rawHeaders[at]!, lowerCaseName)) continue;
    if (value !== undefined) return undefined;
    value = rawHeaders[at + 1];
  }
  return value;
}

function isName(name: string, lowerCaseName: string): boolean {
  return name.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName;
}
