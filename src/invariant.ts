/** States what must hold where it must hold. A broken invariant is a bug: it is thrown, and halts the store. */

export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

export function invariant(holds: boolean, otherwise: string | (() => string)): asserts holds {
  if (!holds) throw new InvariantViolation(typeof otherwise === 'string' ? otherwise : otherwise());
}
