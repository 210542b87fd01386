/** The checks that every request passes before its body is read, in the order that the API promises. */
import type { IncomingMessage } from 'node:http';
import type { StoreService } from '../outcome.ts';
import { bodyTooLarge, Refusal } from './failures.ts';
import { soleHeader } from './headers.ts';
import { HostCheck } from './host-check.ts';
import { pathOf, type Route, type RouteMap } from './route-table.ts';
import type { HttpSettings } from './settings.ts';
import { TokenCheck } from './token-check.ts';

export class Gate {
  readonly #hosts: HostCheck;
  readonly #origins: ReadonlySet<string>;
  readonly #token: TokenCheck | undefined;
  readonly #bodyBytesMax: number;
  readonly #store: StoreService;
  readonly #routes: RouteMap;

  constructor(settings: HttpSettings, store: StoreService, routes: RouteMap) {
    this.#routes = routes;
    this.#hosts = new HostCheck(settings);
    this.#origins = new Set(settings.origins);
    this.#token = settings.token === undefined ? undefined : new TokenCheck(settings.token);
    this.#bodyBytesMax = settings.bodyBytesMax;
    this.#store = store;
  }

  /** Why the request must not be handled; `undefined`: its path and method are those of a route. */
  refuses(request: IncomingMessage): Refusal | undefined {
    const path = pathOf(request.url!);
    const route = this.#routes.get(path);
    return (
      this.#wrongHost(request) ??
      this.#foreignOrigin(request, route) ??
      this.#unauthorized(request, route) ??
      wrongRoute(request, route, path) ??
      wrongExpectation(request) ??
      (request.method === 'POST' ? this.#wrongPost(request, route!) : unwantedBody(request))
    );
  }

  /**
   * Whether the connection must end with the refusal: else the body that still comes would be read, though it may have
   * no end, or not come because the client waits for `100 Continue`.
   */
  endsConnection({ headers }: IncomingMessage): boolean {
    const tooLong = Number(headers['content-length'] ?? 0) > this.#bodyBytesMax;
    return tooLong || headers['transfer-encoding'] !== undefined || headers.expect !== undefined;
  }

  #wrongHost({ url, rawHeaders }: IncomingMessage): Refusal | undefined {
    // `GET http://other.example/` names a host as well, and would win over the header.
    if (!url!.startsWith('/') && url !== '*') {
      return new Refusal('WRONG_HOST', 'the request target must be a path, without scheme and host');
    }
    const host = soleHeader(rawHeaders, 'host');
    if (host !== undefined && this.#hosts.allows(host)) return undefined;
    return new Refusal(
      'WRONG_HOST',
      'there must be one Host header, with a name of this server (see the setting hosts)',
    );
  }

  #foreignOrigin({ headers }: IncomingMessage, route: Route | undefined): Refusal | undefined {
    // Doubled headers come joined by a comma, which no allowed value has.
    const { origin, 'sec-fetch-site': site } = headers;
    const isOwn = route?.isForOwnPage === true && isOriginOf(origin, headers.host);
    if (origin !== undefined && !isOwn && !this.#origins.has(origin)) {
      return new Refusal('FOREIGN_ORIGIN', 'pages of this origin may not send requests (see the setting origins)');
    }
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      return new Refusal('FOREIGN_ORIGIN', 'pages of other sites may not send requests');
    }
    return undefined;
  }

  #unauthorized({ rawHeaders }: IncomingMessage, route: Route | undefined): Refusal | undefined {
    if (this.#token === undefined || route?.needsToken === false) return undefined;
    if (this.#token.allows(soleHeader(rawHeaders, 'authorization'))) return undefined;
    return new Refusal('UNAUTHORIZED', 'the request must bear the token of this server: Authorization: Bearer TOKEN');
  }

  #wrongPost({ headers, rawHeaders }: IncomingMessage, { bringsPuts }: Route): Refusal | undefined {
    const mediaType = wrongMediaType(headers, rawHeaders);
    if (mediaType) return mediaType;
    const length = Number(headers['content-length'] ?? 0);
    if (length > this.#bodyBytesMax) return bodyTooLarge(length, this.#bodyBytesMax);
    const refusal = bringsPuts ? this.#store.refusesPuts() : undefined;
    return refusal && new Refusal(refusal.code, refusal.error);
  }
}

/** `host` has been checked: it is a name of this server. A proxy before us may have taken off the TLS. */
function isOriginOf(origin: string | undefined, host: string | undefined): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

function wrongRoute({ method }: IncomingMessage, route: Route | undefined, path: string): Refusal | undefined {
  if (route === undefined) return new Refusal('NO_ROUTE', 'there is no such path');
  if ((route.methods as readonly string[]).includes(method!)) return undefined;
  const allowed = route.methods.join(', ');
  return new Refusal('METHOD_NOT_ALLOWED', `${path} takes ${allowed} only`, ['Allow', allowed]);
}

function wrongExpectation({ headers: { expect } }: IncomingMessage): Refusal | undefined {
  if (expect === undefined || expect.toLowerCase() === '100-continue') return undefined;
  return new Refusal('EXPECTATION_FAILED', 'the only expectation that can be met is 100-continue');
}

/**
 * One accepted form of each header, looked at by ourselves: a form cannot send it from another site without being
 * asked about first, and what decides about the body cannot be read in two ways.
 */
function wrongMediaType(headers: IncomingMessage['headers'], rawHeaders: readonly string[]): Refusal | undefined {
  const refuse = (error: string) => new Refusal('UNSUPPORTED_MEDIA_TYPE', error);
  if (soleHeader(rawHeaders, 'content-type') !== 'application/json') {
    return refuse('there must be one Content-Type header, and it must be exactly application/json');
  }
  if (headers['content-encoding'] !== undefined) return refuse('the body must not have a Content-Encoding');
  if ((headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked') {
    return refuse('the only Transfer-Encoding is chunked');
  }
  return undefined;
}

/** A body of a get has no meaning; what is in it could be meant to be read as the next request. */
function unwantedBody({ headers }: IncomingMessage): Refusal | undefined {
  if ((headers['content-length'] ?? '0') === '0' && headers['transfer-encoding'] === undefined) return undefined;
  return new Refusal('BAD_BODY', 'a request of this method has no body');
}
