/** `GET /healthz` and `GET /readyz`: whether the process should be left alone, and whether it should be sent puts. */
import type { ServerResponse } from 'node:http';
import type { StoreService } from '../../outcome.ts';
import type { HttpContext } from '../context.ts';
import { Refusal } from '../failures.ts';
import { failureReply, sendReply } from '../reply.ts';
import { queryOf } from '../route-table.ts';
import { isStopping } from '../stopping.ts';

/** Alive as long as it is not halted: a server that drains or is slow must not be killed for that. */
export function handleHealth(response: ServerResponse, { store }: HttpContext): void {
  const refusal = store.refusesPuts();
  answer(response, store, refusal?.code === 'HALTED' ? new Refusal('HALTED', refusal.error) : '{"status":"ok"}');
}

export function handleReadiness(response: ServerResponse, { store }: HttpContext): void {
  const readiness = store.readiness();
  answer(response, store, readiness.ready ? '{"status":"ready"}' : new Refusal('NOT_READY', readiness.reason));
}

function answer(response: ServerResponse, store: StoreService, health: string | Refusal): void {
  const hasQuery = queryOf(response.req.url!) !== undefined;
  const answer = hasQuery ? new Refusal('BAD_QUERY', 'this path has no parameters') : health;
  const closes = isStopping(store);
  sendReply(
    response,
    typeof answer === 'string' ? { status: 200, body: answer, closes } : failureReply(answer, { closes }),
  );
}
