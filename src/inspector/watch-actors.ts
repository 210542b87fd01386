/**
 * Attaches a watcher to the actors of a running store, and takes it off again. While nobody watches nothing is attached: a
 * put then costs what it costs without an inspector.
 */
import type { AnyActorRef, InspectionEvent } from 'xstate';
import type { Table, TakenTransition } from '../actors/machine-table.ts';
import { transactionLogic } from '../actors/transactions.ts';
import type { StoreInternals } from '../store.ts';

/** What XState itself says of each actor, and the transitions of those that run from a table. */
export interface ActorWatcher {
  onInspection(event: InspectionEvent): void;
  onTransition(taken: TakenTransition): void;
  /** The watcher has thrown. It is off already; the store goes on as if nobody had watched. */
  onError(error: unknown): void;
}

/** Returns how to stop it. */
export function watchActors({ actors }: StoreInternals, watcher: ActorWatcher): () => void {
  const { system } = actors.store;
  // What throws here would be taken for an error of the actor at work, and end the server.
  const guarded = <T>(tell: (seen: T) => void) => {
    return (seen: T): void => {
      try {
        tell(seen);
      } catch (error) {
        stop();
        watcher.onError(error);
      }
    };
  };
  const onTransition = guarded((taken: TakenTransition) => {
    // Tables are shared by all stores of the process.
    if (taken.self.system === system) watcher.onTransition(taken);
  });
  const tables = [transactionLogic.table, tableOf(actors.keyLocks), tableOf(actors.flusher)];
  const subscription = system.inspect(guarded((event: InspectionEvent) => watcher.onInspection(event)));
  for (const { watchers } of tables) watchers.add(onTransition);
  const stop = () => {
    subscription.unsubscribe();
    for (const { watchers } of tables) watchers.delete(onTransition);
  };
  return stop;
}

function tableOf(actor: AnyActorRef): Table {
  return (actor as unknown as { readonly logic: { readonly table: Table } }).logic.table;
}
