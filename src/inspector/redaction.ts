/** What of keys and values leaves the server by way of the inspector. */
import { createHmac } from 'node:crypto';
import { valueText } from '../value-text.ts';
import type { Value } from '../wal/value.ts';

export interface RedactionOptions {
  readonly hidesKeys: boolean;
  readonly hidesValues: boolean;
  /** Random, for one run of the server: with it nobody can try out which key a label stands for. */
  readonly secret: Uint8Array;
}

/** Labels that are kept: hot keys come again and again. */
const LABELS_MAX = 4096;

/** Longer ones are cut: a page has no use for a kilobyte of key. */
const KEY_CHARACTERS_MAX = 120;
const VALUE_CHARACTERS_MAX = 200;

export class Redaction {
  readonly #options: RedactionOptions;
  /** Made anew when it is full: see docs/decisions/churned-maps.md. */
  #labels = new Map<string, string>();

  constructor(options: RedactionOptions) {
    this.#options = options;
  }

  get hides(): { readonly keys: boolean; readonly values: boolean } {
    return { keys: this.#options.hidesKeys, values: this.#options.hidesValues };
  }

  /** The same label for the same key, as long as the server runs. A key that is cut keeps a label of all of it. */
  key(key: string): string {
    if (this.#options.hidesKeys) return `key#${this.#label(key)}`;
    if (key.length <= KEY_CHARACTERS_MAX) return key;
    return `${key.slice(0, KEY_CHARACTERS_MAX).toWellFormed()}…#${this.#label(key)}`;
  }

  /** As JSON, cut off after 200 characters; `undefined` where values are hidden. */
  value(value: Value): string | undefined {
    if (this.#options.hidesValues) return undefined;
    // Cut before it is written out: a value may have a megabyte.
    const start = typeof value === 'string' || isArray(value) ? value.slice(0, VALUE_CHARACTERS_MAX) : value;
    const text = valueText(start as Value);
    const isCut = text.length > VALUE_CHARACTERS_MAX || (isArray(value) && value.length > VALUE_CHARACTERS_MAX);
    return isCut ? `${text.slice(0, VALUE_CHARACTERS_MAX).toWellFormed()}…` : text;
  }

  /** Error messages of a put quote its keys. */
  error(error: string): string {
    if (this.#options.hidesKeys) return error.replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"');
    return error;
  }

  #label(key: string): string {
    const known = this.#labels.get(key);
    if (known !== undefined) return known;
    if (this.#labels.size >= LABELS_MAX) this.#labels = new Map();
    const label = createHmac('sha256', this.#options.secret).update(key).digest('hex').slice(0, 8);
    this.#labels.set(key, label);
    return label;
  }
}

function isArray(value: Value): value is Extract<Value, readonly unknown[]> {
  return Array.isArray(value);
}
