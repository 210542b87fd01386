/** What the handlers of all requests share. */
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { StoreService } from '../outcome.ts';
import { failures, type Refusal } from './failures.ts';
import type { BodyBudget } from './read-body.ts';
import type { HttpSettings } from './settings.ts';

export interface HttpContext {
  readonly store: StoreService;
  readonly settings: HttpSettings;
  readonly bodies: BodyBudget;
  readonly logger: Logger | undefined;
  /** Gets what our own code threw; the request that met it is not answered. */
  readonly onBug: (error: unknown) => void;
}

/**
 * At debug level: whoever can send requests could fill the log otherwise. The error is left out, as it may quote a key.
 * `method` is `undefined` where no request could be read; then `cause` says more.
 */
export function logRefusal(
  logger: Logger | undefined,
  { failure }: Refusal,
  method: IncomingMessage['method'],
  cause?: string,
): void {
  if (!logger?.isLevelEnabled('debug')) return;
  logger.debug({ event: 'refused', code: failures[failure].code, method, cause }, 'request refused');
}
