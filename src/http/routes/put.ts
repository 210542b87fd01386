/** `POST /v1/put`: writes all of its operations or none. */
import type { ServerResponse } from 'node:http';
import type { PutOperation } from '../../outcome.ts';
import { type HttpContext, logRefusal } from '../context.ts';
import { Refusal } from '../failures.ts';
import { decodePut } from '../put-body.ts';
import { putReply } from '../put-reply.ts';
import { readBody } from '../read-body.ts';
import { failureReply, sendReply } from '../reply.ts';
import { queryOf } from '../route-table.ts';
import type { HttpSettings } from '../settings.ts';

export function handlePut(response: ServerResponse, context: HttpContext): void {
  const { req: request } = response;
  const { settings, bodies } = context;
  // Only now is the client asked for the body: all checks that need none are done. HTTP/1.0 knows no such question.
  if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
  readBody(
    response,
    settings.bodyBytesMax,
    bodies,
    (body) => onBody(response, body, context),
    (refusal) => refuse(response, refusal, context, true),
  );
}

/** From here on the put runs to its end even if the client goes: what is in the log cannot be called back. */
function onBody(response: ServerResponse, body: Buffer, context: HttpContext): void {
  // The client was told that its request came too late.
  if (response.headersSent) return;
  try {
    const operations = decode(response.req.url!, body, context.settings);
    if (operations instanceof Refusal) refuse(response, operations, context);
    else put(response, operations, context);
  } catch (error) {
    context.onBug(error);
  }
}

function decode(url: string, body: Buffer, settings: HttpSettings): readonly PutOperation[] | Refusal {
  if (queryOf(url) !== undefined) return new Refusal('BAD_QUERY', 'a put has no parameters');
  return decodePut(body, settings);
}

function put(response: ServerResponse, operations: readonly PutOperation[], { store, onBug }: HttpContext): void {
  store.put(operations).then((outcome) => {
    try {
      sendReply(response, putReply(outcome));
    } catch (error) {
      onBug(error);
    }
  }, onBug);
}

function refuse(response: ServerResponse, refusal: Refusal, { logger }: HttpContext, closes = false): void {
  logRefusal(logger, refusal, response.req.method);
  sendReply(response, failureReply(refusal, { isPut: true, closes }));
}
