/** `POST /v1/batch`: independent puts and gets, all started together and answered together. */
import type { ServerResponse } from 'node:http';
import type { PutOperation } from '../../outcome.ts';
import { type BatchedRequest, decodeBatch, RefusedRequest } from '../batch-body.ts';
import { BatchReply, GetReplies } from '../batch-reply.ts';
import { bodyHandler, refuse } from '../body-route.ts';
import { type HttpContext, logRefusal } from '../context.ts';
import { Refusal } from '../failures.ts';
import { putReply } from '../put-reply.ts';
import { failureReply, sendReply } from '../reply.ts';

export const handleBatch = bodyHandler({ what: 'a batch', decode: decodeBatch, run });

function run(response: ServerResponse, requests: readonly BatchedRequest[], context: HttpContext): void {
  const { store, logger } = context;
  const refusal = store.refusesPuts();
  if (refusal) {
    refuse(response, new Refusal(refusal.code, refusal.error), context);
    return;
  }
  const reply = new BatchReply(requests.length, (whole) => sendReply(response, whole));
  // All gets come before the first put: none of them can see one.
  get(requests, reply, context);
  requests.forEach((request, index) => {
    if (typeof request === 'string') return;
    if (request instanceof RefusedRequest) {
      logRefusal(logger, request.refusal, response.req.method);
      reply.set(index, failureReply(request.refusal, request));
    } else put(index, request, reply, context);
  });
}

function get(
  requests: readonly BatchedRequest[],
  reply: BatchReply,
  { store, settings: { bodyBytesMax }, onBug }: HttpContext,
): void {
  const keys = requests.filter((request) => typeof request === 'string');
  if (keys.length === 0) return;
  const gets = new GetReplies(bodyBytesMax);
  store.readMany(keys, bodyBytesMax, (stored) => {
    try {
      let at = 0;
      requests.forEach((request, index) => {
        if (typeof request === 'string') reply.set(index, gets.reply(request, stored[at++]));
      });
    } catch (error) {
      onBug(error);
    }
  });
}

function put(
  index: number,
  operations: readonly PutOperation[],
  reply: BatchReply,
  { store, onBug }: HttpContext,
): void {
  store.put(operations).then((outcome) => {
    try {
      reply.set(index, putReply(outcome));
    } catch (error) {
      onBug(error);
    }
  }, onBug);
}
