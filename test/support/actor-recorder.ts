/** Actors that stand in for others in tests: they note what they are sent. */
import { type ActorLogic, type AnyEventObject, createActor, type SimulatedClock, type Snapshot } from 'xstate';

/** Starts an actor that hands every message to `note` and does nothing else. Its children live by `clock`, if given. */
export function recordingActor(note: (message: AnyEventObject) => void, clock?: SimulatedClock) {
  const logic: ActorLogic<Snapshot<undefined>, AnyEventObject> = {
    getInitialSnapshot: () => ({ status: 'active', output: undefined, error: undefined }),
    transition: (snapshot, message) => {
      note(message);
      return snapshot;
    },
    getPersistedSnapshot: (snapshot) => snapshot,
  };
  return createActor(logic, clock ? { clock } : {}).start();
}
