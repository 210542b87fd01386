/** What a put hears that comes while too many wait: the same wherever that is noticed. */

export interface QueueFull {
  readonly code: 'QUEUE_FULL';
  readonly error: string;
}

export function tooManyPuts(queuedPutsMax: number): QueueFull {
  return { code: 'QUEUE_FULL', error: `${queuedPutsMax} puts are waiting already (queuedPutsMax)` };
}

export function tooManyBytes(queuedBytesMax: number): QueueFull {
  return { code: 'QUEUE_FULL', error: `puts of ${queuedBytesMax} bytes are waiting already (queuedBytesMax)` };
}
