/** One change to XState's own book-keeping, without which every put pays for the collection of those before it. */
import type { AnyActorRef } from 'xstate';

/** What XState has for its own use. */
interface Registrar {
  _register(sessionId: string, actor: AnyActorRef): string;
  _unregister(actor: AnyActorRef): void;
}

/**
 * Keeps actors out of XState's table of all that are running, which nothing ever reads: a `Map` with an entry made and
 * deleted for each put, and such a map keeps the dead alive (see `docs/decisions/churned-maps.md`). Actors with a system id
 * are in another table and stay there. To be called before the root is started.
 */
export function forgetRunningActors({ system }: AnyActorRef): void {
  const registrar = system as unknown as Registrar;
  const unregister = registrar._unregister;
  registrar._register = (sessionId) => sessionId;
  registrar._unregister = (actor) => {
    if ((actor as { systemId?: string }).systemId !== undefined) unregister(actor);
  };
}
