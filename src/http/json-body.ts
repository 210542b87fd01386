/** The body of a request as JSON: from bytes to what is parsed, and what parsing hides. */
import { Refusal } from './failures.ts';
import { type JsonScan, scanJson } from './json-scan.ts';

export interface JsonBody {
  readonly text: string;
  readonly scan: JsonScan;
  readonly parsed: unknown;
}

/** `JSON.parse` itself takes any depth; a valid put has 3, a batch 5. */
const depthMax = 64;

/**
 * `wrongAmounts` refuses what cannot mean anything before it is parsed: parsing very many members or arrays is slow.
 * Time is linear in the length of the body, whatever is in it.
 */
export function readJson(body: Uint8Array, wrongAmounts: (scan: JsonScan) => Refusal | undefined): JsonBody | Refusal {
  const text = decodeText(body);
  if (text instanceof Refusal) return text;
  const scan = scanJson(text);
  const refusal = tooDeep(scan) ?? wrongAmounts(scan);
  if (refusal) return refusal;
  try {
    return { text, scan, parsed: JSON.parse(text) };
  } catch {
    // The engine's own message quotes the text, values and all.
    return new Refusal('BAD_JSON', text === '' ? 'the body is empty' : 'the body is not valid JSON');
  }
}

// With `ignoreBOM` the decoder keeps a byte order mark, so that it can be refused.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(body: Uint8Array): string | Refusal {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return new Refusal('BAD_ENCODING', 'the body is not valid UTF-8');
  }
  if (text.charCodeAt(0) === 0xfeff) return new Refusal('BAD_ENCODING', 'the body begins with a byte order mark');
  return text;
}

function tooDeep({ depth }: JsonScan): Refusal | undefined {
  if (depth <= depthMax) return undefined;
  return new Refusal('LIMIT_EXCEEDED', `the body is nested ${depth} deep, more than ${depthMax}`);
}
