/**
 * Tickets for those who can send nothing but a URL. A URL ends up in logs and histories, so what it carries must be worthless
 * soon: a ticket opens one connection, within half a minute.
 */
import { randomBytes } from 'node:crypto';

export const TICKET_LIFE_MS = 30_000;
const TICKET_BYTES = 16;
/** Not fetched in time they die; more than these at once are nobody's need. The oldest give way. */
const TICKETS_MAX = 16;

export class Tickets {
  readonly #now: () => number;
  /** When each was issued, oldest first. */
  readonly #issued = new Map<string, number>();

  /** `now` is monotonic, in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  issue(): string {
    const [oldest] = this.#issued.keys();
    if (this.#issued.size >= TICKETS_MAX) this.#issued.delete(oldest!);
    const ticket = randomBytes(TICKET_BYTES).toString('hex');
    this.#issued.set(ticket, this.#now());
    return ticket;
  }

  /** Whether it was good. It is not any more. */
  take(ticket: string): boolean {
    const issuedMs = this.#issued.get(ticket);
    // Found by its hash, not letter by letter: how long that takes says nothing about how much of it was right.
    this.#issued.delete(ticket);
    return issuedMs !== undefined && this.#now() - issuedMs <= TICKET_LIFE_MS;
  }
}
