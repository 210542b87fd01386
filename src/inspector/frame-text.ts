/** A frame as it goes over the socket, bounded in bytes. */
import type { Frame } from './protocol.ts';

/** Ten frames a second: a viewer costs at most about 2.5 MB a second, and much less as a rule. */
const RECORD_CHARACTERS_MAX = 200_000;

/** Of records that do not fit the last ones are left out, and counted. */
export function frameText({ transactions, sampling, ...rest }: Frame): string {
  const records: string[] = [];
  let characters = 0;
  for (const record of transactions) {
    const text = JSON.stringify(record);
    characters += text.length;
    if (characters > RECORD_CHARACTERS_MAX) break;
    records.push(text);
  }
  const withheld = transactions.length - records.length;
  const others = JSON.stringify({ ...rest, sampling: withheld === 0 ? sampling : { ...sampling, withheld } });
  return `${others.slice(0, -1)},"transactions":[${records.join(',')}]}`;
}
