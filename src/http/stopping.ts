/** Whether the server is on its way out. */
import type { StoreService } from '../outcome.ts';

/** Then replies end their connections: the process cannot end before they do. */
export function isStopping(store: StoreService): boolean {
  const refusal = store.refusesPuts();
  return refusal !== undefined && refusal.code !== 'QUEUE_FULL';
}
