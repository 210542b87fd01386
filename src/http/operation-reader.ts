/** The operations of a put, read member by member: types, limits, and the exact form of every number. */
import type { PutOperation } from '../outcome.ts';
import { floatValue, INT64_MAX, INT64_MIN, integerValue, type NumberValue, type Value } from '../wal/value.ts';
import { type Failure, quoteBriefly, Refusal } from './failures.ts';
import type { JsonBody } from './json-body.ts';
import { float, longInteger, NumberTexts } from './json-scan.ts';
import { checkKey, hasMoreBytes } from './key.ts';
import type { PutLimits, RawOperation } from './put-body.ts';

export class OperationReader {
  readonly #limits: PutLimits;
  /**
   * Only where some number of the body is special: then every number must be taken from here, in text order, before it
   * is believed.
   */
  readonly #numbers: NumberTexts | undefined;
  /** Only an escape can smuggle half a surrogate pair into a text that was valid UTF-8. */
  readonly #mayBeIllFormed: boolean;
  #index = 0;

  constructor({ text, scan }: JsonBody, limits: PutLimits) {
    this.#limits = limits;
    this.#numbers = scan.hasSpecialNumbers ? new NumberTexts(text) : undefined;
    this.#mayBeIllFormed = text.includes('\\u');
  }

  /** Whether puts must be read in the order of the text; where one was not read to its end, `goTo` comes before the next. */
  get followsText(): boolean {
    return this.#numbers !== undefined;
  }

  /** Goes on at this place of the text. */
  goTo(at: number): void {
    this.#numbers?.goTo(at);
  }

  /** The operations of one put. Takes arrays of the raw ones over as values. */
  readAll(raw: readonly RawOperation[]): readonly PutOperation[] | Refusal {
    const operations: PutOperation[] = [];
    // One key alone cannot be there twice.
    const keys = raw.length > 1 ? new Set<string>() : undefined;
    for (this.#index = 0; this.#index < raw.length; this.#index++) {
      const operation = this.#operation(raw[this.#index]!);
      if (operation instanceof Refusal) return operation;
      operations.push(operation);
      if (keys && keys.add(operation.key).size < operations.length) return this.#doubledKey(operation.key, operations);
    }
    return operations;
  }

  #operation(raw: RawOperation): PutOperation | Refusal {
    const key = this.#key(raw.key);
    if (key instanceof Refusal) return key;
    // The order matters to `#numbers`.
    if (this.#numbers !== undefined && versionComesFirst(raw)) {
      const version = this.#version(raw.version);
      if (version instanceof Refusal) return version;
      const value = this.#value(raw.value);
      return value instanceof Refusal ? value : { key, value, version };
    }
    const value = this.#value(raw.value);
    if (value instanceof Refusal) return value;
    const version = this.#version(raw.version);
    return version instanceof Refusal ? version : { key, value, version };
  }

  #key(raw: unknown): string | Refusal {
    if (typeof raw !== 'string') return this.#refuse('BAD_KEY', `member "key" is ${typeName(raw)}; a key is a string`);
    if (this.#mayBeIllFormed && !raw.isWellFormed()) {
      return this.#refuse('BAD_KEY', `the key ${quoteBriefly(raw)} has half a surrogate pair`);
    }
    return checkKey(raw, this.#limits.keyBytesMax, `operation ${this.#index}: `) ?? raw;
  }

  #value(raw: unknown): Value | Refusal {
    if (typeof raw === 'string') return this.#string(raw);
    if (typeof raw === 'boolean') return this.#checkBytes(1) ?? raw;
    if (typeof raw === 'number') return this.#checkBytes(8) ?? this.#number(raw);
    if (Array.isArray(raw)) return this.#array(raw);
    const allowed = 'a value is a string, a number, a bool or an array of numbers';
    return this.#refuse('BAD_VALUE', `member "value" is ${typeName(raw)}; ${allowed}`);
  }

  #string(raw: string): string | Refusal {
    if (this.#mayBeIllFormed && !raw.isWellFormed()) {
      return this.#refuse('BAD_VALUE', 'member "value" has half a surrogate pair');
    }
    if (!hasMoreBytes(raw, this.#limits.valueBytesMax)) return raw;
    return this.#checkBytes(Buffer.byteLength(raw)) ?? raw;
  }

  #array(raw: unknown[]): readonly NumberValue[] | Refusal {
    const { arrayLengthMax } = this.#limits;
    if (raw.length > arrayLengthMax) {
      const error = `member "value" has ${raw.length} elements, more than arrayLengthMax, ${arrayLengthMax}`;
      return this.#refuse('LIMIT_EXCEEDED', error);
    }
    const tooLarge = this.#checkBytes(8 * raw.length);
    if (tooLarge) return tooLarge;
    for (let at = 0; at < raw.length; at++) {
      const element = raw[at];
      if (typeof element !== 'number') {
        const error = `element ${at} of member "value" is ${typeName(element)}; an array holds numbers`;
        return this.#refuse('BAD_VALUE', error);
      }
      const number = this.#number(element);
      if (number instanceof Refusal) return number;
      raw[at] = number;
    }
    return raw as NumberValue[];
  }

  #number(parsed: number): NumberValue | Refusal {
    const numbers = this.#numbers;
    // Adding 0 makes 0 of -0: as an integer it is the same.
    if (numbers === undefined) return parsed + 0;
    switch (numbers.next()) {
      case float:
        if (Number.isFinite(parsed)) return floatValue(parsed);
        return this.#refuse('BAD_VALUE', 'member "value" has a number beyond the largest double');
      case longInteger:
        return this.#longInteger(numbers.text());
      default:
        return parsed + 0;
    }
  }

  #longInteger(text: string): NumberValue | Refusal {
    // An int64 has at most 19 digits and a sign. More would take BigInt a time that grows faster than the text.
    if (text.length <= 20) {
      const integer = BigInt(text);
      if (integer >= INT64_MIN && integer <= INT64_MAX) return integerValue(integer);
    }
    const error = `member "value" has an integer outside ${INT64_MIN} to ${INT64_MAX}; as a float it has a fraction or exponent`;
    return this.#refuse('BAD_VALUE', error);
  }

  #version(raw: unknown): number | Refusal {
    if (typeof raw !== 'number') {
      return this.#refuse('BAD_VERSION', `member "version" is ${typeName(raw)}; ${allowedVersions}`);
    }
    const isFloat = this.#numbers?.next() === float;
    // An integer beyond the safe ones is never rounded down to a safe one.
    if (!isFloat && Number.isSafeInteger(raw) && raw >= 0 && !Object.is(raw, -0)) return raw;
    const text = this.#numbers?.text() ?? (Object.is(raw, -0) ? '-0' : String(raw));
    const shown = text.length <= 32 ? text : `${text.slice(0, 32)}…`;
    return this.#refuse('BAD_VERSION', `member "version" is ${shown}; ${allowedVersions}`);
  }

  #checkBytes(bytes: number): Refusal | undefined {
    const { valueBytesMax } = this.#limits;
    if (bytes <= valueBytesMax) return undefined;
    return this.#refuse(
      'LIMIT_EXCEEDED',
      `member "value" takes ${bytes} bytes, more than valueBytesMax, ${valueBytesMax}`,
    );
  }

  #doubledKey(key: string, operations: readonly PutOperation[]): Refusal {
    const first = operations.findIndex((operation) => operation.key === key);
    return this.#refuse('DUPLICATE_KEY', `the key ${quoteBriefly(key)} is in operation ${first} as well`);
  }

  #refuse(failure: Failure, error: string): Refusal {
    return new Refusal(failure, `operation ${this.#index}: ${error}`);
  }
}

const allowedVersions = `a version is an integer from 0 to ${Number.MAX_SAFE_INTEGER} without fraction or exponent`;

/** Own members come in the order of the text, as none of the names looks like an array index. */
function versionComesFirst(raw: RawOperation): boolean {
  for (const name in raw) {
    if (name === 'version') return true;
    if (name === 'value') return false;
  }
  return false;
}

export function typeName(raw: unknown): string {
  if (raw === null) return 'null';
  if (Array.isArray(raw)) return 'an array';
  if (typeof raw === 'object') return 'an object';
  return typeof raw === 'boolean' ? 'a bool' : `a ${typeof raw}`;
}
