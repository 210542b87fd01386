/** `GET /v1/get?key=K`: what a key holds. */
import type { ServerResponse } from 'node:http';
import type { StoredValue } from '../../outcome.ts';
import { type HttpContext, logRefusal } from '../context.ts';
import { requestOf } from '../direct-request.ts';
import { Refusal } from '../failures.ts';
import { decodeGetQuery } from '../get-query.ts';
import { notFound, storedText } from '../get-reply.ts';
import { failureReply, sendReply } from '../reply.ts';
import { queryOf } from '../route-table.ts';
import { isStopping } from '../stopping.ts';

/** Gets are served to the end, also when puts are refused. */
export function handleGet(response: ServerResponse, { store, settings, logger, onBug }: HttpContext): void {
  const { url, method } = response.req;
  requestOf(response).dropBody();
  const key = decodeGetQuery(queryOf(url!), settings.keyBytesMax);
  if (key instanceof Refusal) {
    logRefusal(logger, key, method);
    sendReply(response, failureReply(key, { closes: isStopping(store) }));
    return;
  }
  store.read(key, (stored) => {
    try {
      answer(response, key, stored, isStopping(store));
    } catch (error) {
      onBug(error);
    }
  });
}

function answer(response: ServerResponse, key: string, stored: StoredValue | undefined, closes: boolean): void {
  if (stored === undefined) {
    sendReply(response, failureReply(notFound, { closes }));
    return;
  }
  sendReply(response, {
    status: 200,
    body: storedText(key, stored),
    headers: ['ETag', `"${stored.version}"`],
    closes,
  });
}
