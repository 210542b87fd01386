/** What a key may be, the same for a get and a put. */
import { quoteBriefly, Refusal } from './failures.ts';

/** `where` opens the error, such as `operation 3: `. Whether the key is well formed is seen to where it is decoded. */
export function checkKey(key: string, keyBytesMax: number, where = ''): Refusal | undefined {
  if (key === '') return new Refusal('BAD_KEY', `${where}the key is empty`);
  if (hasMoreBytes(key, keyBytesMax)) {
    return new Refusal(
      'LIMIT_EXCEEDED',
      `${where}the key ${quoteBriefly(key)} has ${Buffer.byteLength(key)} bytes, more than keyBytesMax, ${keyBytesMax}`,
    );
  }
  return undefined;
}

/** Whether `text` takes more than `max` bytes in UTF-8. */
export function hasMoreBytes(text: string, max: number): boolean {
  // A UTF-16 unit takes one to three bytes: for most texts the length alone decides.
  return text.length > max || (text.length * 3 > max && Buffer.byteLength(text) > max);
}
