/** One pass over a JSON text that sees what `JSON.parse` hides: doubled members, depth, and numbers that are more than a double. */

/** Invariant: right for every text that `JSON.parse` takes; for any other, only `depth` is to be relied on. */
export interface JsonScan {
  /** Members of all objects, a doubled one counted each time. */
  readonly members: number;
  readonly objects: number;
  readonly arrays: number;
  /** How deeply objects and arrays are nested; 0 for a lone scalar. */
  readonly depth: number;
  /** Some number has a fraction, an exponent or more than 15 digits: its double does not say all that its text does. */
  readonly hasSpecialNumbers: boolean;
}

/** A number of at most this many digits, without fraction and exponent, is exactly the integer that its double is. */
const plainDigitsMax = 15;

/** Time is linear in the length of the text, whatever is in it. */
export function scanJson(text: string): JsonScan {
  let members = 0;
  let objects = 0;
  let arrays = 0;
  let depth = 0;
  let depthMax = 0;
  let digits = 0;
  let hasSpecialNumbers = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) {
      if (++digits > plainDigitsMax) hasSpecialNumbers = true;
      continue;
    }
    switch (code) {
      case quote:
        at = closingQuote(text, at);
        break;
      case colon:
        members++;
        break;
      case openBrace:
        objects++;
        if (++depth > depthMax) depthMax = depth;
        break;
      case openBracket:
        arrays++;
        if (++depth > depthMax) depthMax = depth;
        break;
      case closeBrace:
      case closeBracket:
        depth--;
        break;
      case lowerE:
        // The others are in `true` and `false`.
        if (digits > 0) hasSpecialNumbers = true;
        break;
      case point:
      case upperE:
        hasSpecialNumbers = true;
        break;
    }
    digits = 0;
  }
  return { members, objects, arrays, depth: depthMax, hasSpecialNumbers };
}

/** What the text of a number says beyond its double. */
export const plainInteger = 0;
/** It has a fraction or an exponent. */
export const float = 1;
/** An integer of more than 15 digits. */
export const longInteger = 2;

/**
 * The numbers of a JSON text in their order, one `next()` for each. Walk the parsed value in the same order: members
 * of an object come in text order as long as no name looks like an array index and none is doubled.
 */
export class NumberTexts {
  readonly #text: string;
  #at = 0;
  #start = 0;

  /** `text` must be one that `JSON.parse` takes. */
  constructor(text: string) {
    this.#text = text;
  }

  /** Goes to the next number and says of what kind it is. */
  next(): typeof plainInteger | typeof float | typeof longInteger {
    const text = this.#text;
    let at = this.#at;
    let code = text.charCodeAt(at);
    while (!isDigit(code) && code !== minus) {
      // The text is at its end before the numbers are: the caller did not walk what was parsed from it.
      if (at >= text.length) throw new RangeError('there is no further number in the text');
      if (code === quote) at = closingQuote(text, at);
      code = text.charCodeAt(++at);
    }
    this.#start = at;
    if (code === minus) code = text.charCodeAt(++at);
    const firstDigit = at;
    let isFloat = false;
    // Beyond the end `code` is NaN, which is no part of a number.
    while (isDigit(code) || code === point || code === lowerE || code === upperE || code === minus || code === plus) {
      if (!isDigit(code)) isFloat = true;
      code = text.charCodeAt(++at);
    }
    this.#at = at;
    if (isFloat) return float;
    return at - firstDigit > plainDigitsMax ? longInteger : plainInteger;
  }

  /** Goes on at this place of the text, which is in no string and no number. */
  goTo(at: number): void {
    this.#at = at;
  }

  /** How the number of the last `next()` is written. */
  text(): string {
    return this.#text.slice(this.#start, this.#at);
  }
}

/** Where each element of the array that the text is begins, its white space included. `JSON.parse` must take the text. */
export function elementStarts(text: string): readonly number[] {
  const starts: number[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = closingQuote(text, at);
    else if (code === openBrace || code === openBracket) {
      if (++depth === 1) starts.push(at + 1);
    } else if (code === closeBrace || code === closeBracket) depth--;
    else if (code === comma && depth === 1) starts.push(at + 1);
  }
  return starts;
}

/** A member that its object has twice. */
export interface DoubledMember {
  readonly name: string;
  /** Where its object is: the places, counted from 0, in the arrays and objects around it, the outermost first. */
  readonly path: readonly number[];
}

/**
 * The first member that an object has twice. Objects inside of more than `depthMax` others, or arrays, are not looked at.
 * For error messages only: it is several times slower than a scan, but linear as well.
 */
export function findDoubledMember(text: string, depthMax: number): DoubledMember | undefined {
  const path: number[] = [];
  const names: Set<string>[] = [];
  let depth = 0;
  let lastString = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = closingQuote(text, at);
      if (depth <= depthMax) lastString = text.slice(at, end + 1);
      at = end;
    } else if (code === colon && depth <= depthMax) {
      const name = lastString.includes('\\') ? (JSON.parse(lastString) as string) : lastString.slice(1, -1);
      if (names[depth]!.has(name)) return { name, path: path.slice(1, depth) };
      names[depth]!.add(name);
    } else if (code === openBrace || code === openBracket) {
      path[++depth] = 0;
      if (code === openBrace && depth <= depthMax) names[depth] = new Set();
    } else if (code === closeBrace || code === closeBracket) depth--;
    else if (code === comma) path[depth]!++;
  }
  return undefined;
}

/** The index of the quote that ends the string which begins at `open`; the end of the text if none does. */
function closingQuote(text: string, open: number): number {
  let close = open;
  do {
    close = text.indexOf('"', close + 1);
    if (close < 0) return text.length;
  } while (isEscaped(text, close));
  return close;
}

/** An odd number of backslashes before a quote escapes it. Backslashes are looked at once: a quote ends each run of them. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text.charCodeAt(first - 1) === backslash) first--;
  return (at - first) % 2 === 1;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

const quote = 0x22;
const plus = 0x2b;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const upperE = 0x45;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const lowerE = 0x65;
const openBrace = 0x7b;
const closeBrace = 0x7d;
