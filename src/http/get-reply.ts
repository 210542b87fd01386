/** What a client hears about a key. */
import type { StoredValue } from '../outcome.ts';
import { valueText } from '../value-text.ts';
import { Refusal } from './failures.ts';

export function storedText(key: string, { value, version }: StoredValue): string {
  return `{"key":${JSON.stringify(key)},"value":${valueText(value)},"version":${version}}`;
}

export const notFound = new Refusal('NOT_FOUND', 'the key does not exist');
