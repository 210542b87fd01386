/** Whether a request bears the token, in a time that says nothing about how much of it was right. */
import { hash, timingSafeEqual } from 'node:crypto';

export class TokenCheck {
  readonly #expected: Buffer;

  constructor(token: string) {
    // It would let in every request that bears none.
    if (token === '') throw new RangeError('the token is empty');
    this.#expected = sha256(token);
  }

  /** `authorization` is the value of the only header of that name, if there is one. */
  allows(authorization: string | undefined): boolean {
    return this.allowsToken(authorization === undefined ? '' : bearerToken(authorization));
  }

  /** The token alone, however it came; the empty string where none did. */
  allowsToken(token: string): boolean {
    // Hashes are of one length, which the comparison needs, and a missing token costs what a wrong one does.
    return timingSafeEqual(sha256(token), this.#expected);
  }
}

const scheme = 'bearer ';

/** The empty string, which is no token, if there is none. */
function bearerToken(authorization: string): string {
  const hasScheme = authorization.slice(0, scheme.length).toLowerCase() === scheme;
  return hasScheme ? authorization.slice(scheme.length) : '';
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
