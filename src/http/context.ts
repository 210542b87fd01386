/** What the handlers of all requests share. */
import type { IncomingMessage } from 'node:http';
import type { StoreService } from '../outcome.ts';
import type { Budget } from './budget.ts';
import { failures, type Refusal } from './failures.ts';
import type { HttpSettings } from './settings.ts';

/** Where refusals are noted; a pino logger is one. */
export interface HttpLog {
  isLevelEnabled(level: 'debug'): boolean;
  debug(fields: object, message: string): void;
}

export interface HttpContext {
  readonly store: StoreService;
  readonly settings: HttpSettings;
  /**
   * Bytes of bodies that have come in part. Each is within `bodyBytesMax`; but as many clients as may be connected could
   * all send nearly that much and then wait.
   */
  readonly bodies: Budget;
  readonly logger: HttpLog | undefined;
  /** Gets what our own code threw; the request that met it is not answered. */
  readonly onBug: (error: unknown) => void;
}

/**
 * At debug level: whoever can send requests could fill the log otherwise. The error is left out, as it may quote a key.
 * `method` is `undefined` where no request could be read; then `cause` says more.
 */
export function logRefusal(
  logger: HttpLog | undefined,
  { failure }: Refusal,
  method: IncomingMessage['method'],
  cause?: string,
): void {
  if (!logger?.isLevelEnabled('debug')) return;
  logger.debug({ event: 'refused', code: failures[failure].code, method, cause }, 'request refused');
}
