/** `GET /healthz` and `GET /readyz`: whether the process should be left alone, and whether it should be sent puts. */
import type { ServerResponse } from 'node:http';
import type { Readiness } from '../../outcome.ts';
import type { HttpContext } from '../context.ts';
import { Refusal } from '../failures.ts';
import { failureReply, sendReply } from '../reply.ts';
import { queryOf } from '../route-table.ts';
import { isStopping } from '../stopping.ts';

/** Alive as long as it is not halted: a server that drains or is slow must not be killed for that. */
export function handleHealth(response: ServerResponse, context: HttpContext): void {
  ask(response, context, () => {
    const refusal = context.store.refusesPuts();
    return refusal?.code === 'HALTED' ? new Refusal('HALTED', refusal.error) : '{"status":"ok"}';
  });
}

export function handleReadiness(response: ServerResponse, context: HttpContext): void {
  ask(response, context, (readiness) =>
    readiness.ready ? '{"status":"ready"}' : new Refusal('NOT_READY', readiness.reason),
  );
}

/** Both wait for the store to say something: one that hangs in a thread of its own is neither well nor ready. */
function ask(
  response: ServerResponse,
  { store, onBug }: HttpContext,
  judge: (readiness: Readiness) => string | Refusal,
): void {
  const hasQuery = queryOf(response.req.url!) !== undefined;
  store.askReadiness((readiness) => {
    try {
      const health = hasQuery ? new Refusal('BAD_QUERY', 'this path has no parameters') : judge(readiness);
      const closes = isStopping(store);
      sendReply(
        response,
        typeof health === 'string' ? { status: 200, body: health, closes } : failureReply(health, { closes }),
      );
    } catch (error) {
      onBug(error);
    }
  });
}
