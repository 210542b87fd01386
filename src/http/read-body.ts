/** Reads the body of a put, up to the limit of one body and the limit of all that are on their way together. */
import type { ServerResponse } from 'node:http';
import type { Budget } from './budget.ts';
import { bodyTooLarge, Refusal } from './failures.ts';

/**
 * Calls one of the last two, once; neither if the body never comes whole. What comes after a refusal, or after a reply
 * that somebody else gave, is dropped.
 */
export function readBody(
  response: ServerResponse,
  bodyBytesMax: number,
  budget: Budget,
  onBody: (body: Buffer) => void,
  onRefused: (refusal: Refusal) => void,
): void {
  const { req: request } = response;
  const chunks: Buffer[] = [];
  let bytes = 0;
  let taken = 0;
  const onData = (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > bodyBytesMax) refuse(bodyTooLarge(bytes, bodyBytesMax));
    // Most bodies come in one piece, are whole by now, and need not be counted.
    else if (!request.complete) takeFromBudget(chunk.length);
  };
  const onEnd = () => {
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes);
    release();
    onBody(body);
  };
  const takeFromBudget = (more: number) => {
    // Answered too early, or gone.
    if (taken === 0) response.once('close', stop);
    if (budget.take(more)) taken += more;
    else refuse(new Refusal('QUEUE_FULL', 'too many bodies are on their way'));
  };
  const refuse = (refusal: Refusal) => {
    stop();
    // Without a listener for data the stream goes on flowing, to nowhere.
    request.resume();
    onRefused(refusal);
  };
  const stop = () => {
    request.off('data', onData);
    request.off('end', onEnd);
    release();
  };
  const release = () => {
    chunks.length = 0;
    budget.release(taken);
    taken = 0;
  };
  request.on('data', onData);
  request.on('end', onEnd);
}
