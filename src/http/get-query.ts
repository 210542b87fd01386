/** The key that the URL of a get names: one parser, one accepted form. */
import { Refusal } from './failures.ts';
import { checkKey } from './key.ts';

/** `query` is what comes after the first `?` of the raw URL; `undefined`: there is none. */
export function decodeGetQuery(query: string | undefined, keyBytesMax: number): string | Refusal {
  const refuse = (error: string) => new Refusal('BAD_QUERY', error);
  if (query === undefined) return refuse('the parameter "key" is missing');
  if (!isPrintableAscii(query)) return refuse('the query has a character that must be percent-encoded');
  if (!query.startsWith('key=')) return refuse('the query must begin with key=, the only parameter');
  // The query of a get is one parameter: what an ampersand separates is a second one, be it empty or another key.
  if (query.includes('&')) return refuse('the query has more than the one parameter "key"');
  const key = decodeParameter(query.slice('key='.length));
  if (key === undefined) return refuse('the parameter "key" has a bad percent escape, or is not valid UTF-8');
  return checkKey(key, keyBytesMax) ?? key;
}

function decodeParameter(text: string): string | undefined {
  try {
    // Strict: it throws on a bad escape and on every byte sequence that is not UTF-8.
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** HTTP parsers let raw bytes through in a URL; nobody can say what encoding those have. `#` begins no query. */
function isPrintableAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f || code === 0x23) return false;
  }
  return true;
}
