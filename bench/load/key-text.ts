/** Keys of 36 characters, as long as a UUID, so that two loads of different names never meet on one. */

/** `name` is 8 characters, `number` below 10⁸. Values are the same texts. */
export function keyText(name: string, number: number): string {
  return `${name}${number.toString().padStart(8, '0')}-0123456789abcdefghi`;
}
