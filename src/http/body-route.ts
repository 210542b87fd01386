/** What the routes with a body have in common: it is asked for, read, decoded, and then acted upon or refused. */
import type { ServerResponse } from 'node:http';
import { type HttpContext, logRefusal } from './context.ts';
import { Refusal } from './failures.ts';
import { type BodyHandler, readBody } from './read-body.ts';
import { failureReply, sendReply } from './reply.ts';
import { queryOf } from './route-table.ts';
import type { HttpSettings } from './settings.ts';

export interface BodyRoute<Meaning extends object> {
  /** As errors name such a request. */
  readonly what: string;
  readonly decode: (body: Buffer, settings: HttpSettings) => Meaning | Refusal;
  /** From here on it runs to its end even if the client goes: what is in the log cannot be called back. */
  readonly run: (response: ServerResponse, meaning: Meaning, context: HttpContext) => void;
}

export function bodyHandler<Meaning extends object>(
  route: BodyRoute<Meaning>,
): (response: ServerResponse, context: HttpContext) => void {
  const handler: BodyHandler = {
    onBody: (response, body, context) => onBody(response, body, route, context),
    onRefused: (response, refusal, context) => refuse(response, refusal, context, true),
  };
  return (response, context) => {
    const { req: request } = response;
    // Only now is the client asked for the body: all checks that need none are done. HTTP/1.0 knows no such question.
    if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
    readBody(response, handler, context);
  };
}

export function refuse(response: ServerResponse, refusal: Refusal, { logger }: HttpContext, closes = false): void {
  logRefusal(logger, refusal, response.req.method);
  sendReply(response, failureReply(refusal, { isPut: true, closes }));
}

function onBody<Meaning extends object>(
  response: ServerResponse,
  body: Buffer,
  { what, decode, run }: BodyRoute<Meaning>,
  context: HttpContext,
): void {
  // The client was told that its request came too late.
  if (response.headersSent) return;
  try {
    const hasQuery = queryOf(response.req.url!) !== undefined;
    const meaning = hasQuery ? new Refusal('BAD_QUERY', `${what} has no parameters`) : decode(body, context.settings);
    if (meaning instanceof Refusal) refuse(response, meaning, context);
    else run(response, meaning, context);
  } catch (error) {
    context.onBug(error);
  }
}
