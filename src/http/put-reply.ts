/** What a client hears about its put. */
import type { Conflict, PutOutcome } from '../outcome.ts';
import { Refusal } from './failures.ts';
import { failureReply, type Reply } from './reply.ts';

export function putReply(outcome: PutOutcome): Reply {
  switch (outcome.code) {
    case 'COMMITTED': {
      // By hand, as this is the reply of which there are most; nothing in it needs an escape.
      const { id, seq, versions } = outcome;
      return { status: 200, body: `{"result":"Success","id":"${id}","seq":${seq},"versions":[${versions.join(',')}]}` };
    }
    case 'STALE_VERSION':
    case 'KEY_IN_FLIGHT': {
      const { code, id, conflicts } = outcome;
      return failureReply(new Refusal(code, conflictError(conflicts)), { isPut: true, members: { id, conflicts } });
    }
    case 'OUTCOME_UNKNOWN': {
      const failure = outcome.cause === 'timeout' ? 'PUT_TIMED_OUT' : 'SYNC_FAILED';
      return failureReply(new Refusal(failure, outcome.error), { isPut: true });
    }
    default:
      return failureReply(new Refusal(outcome.code, outcome.error), { isPut: true });
  }
}

function conflictError(conflicts: readonly Conflict[]): string {
  const stale = conflicts.filter(({ reason }) => reason === 'stale').length;
  const inFlight = conflicts.length - stale;
  const parts = [];
  if (stale > 0) parts.push(`${stale} ${stale === 1 ? 'key has' : 'keys have'} another version than expected`);
  if (inFlight > 0) parts.push(`${inFlight} ${inFlight === 1 ? 'key is' : 'keys are'} being written by another put`);
  return `${parts.join(', ')}; nothing was written`;
}
