/** `POST /v1/put`: writes all of its operations or none. */
import type { ServerResponse } from 'node:http';
import type { PutOperation } from '../../outcome.ts';
import { bodyHandler } from '../body-route.ts';
import type { HttpContext } from '../context.ts';
import { decodePut } from '../put-body.ts';
import { putReply } from '../put-reply.ts';
import { sendReply } from '../reply.ts';

export const handlePut = bodyHandler({ what: 'a put', decode: decodePut, run: put });

function put(response: ServerResponse, operations: readonly PutOperation[], { store, onBug }: HttpContext): void {
  store.put(operations).then((outcome) => {
    try {
      sendReply(response, putReply(outcome));
    } catch (error) {
      onBug(error);
    }
  }, onBug);
}
