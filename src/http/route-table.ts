/** The paths that exist and the methods they take: one table for the framework's router and for our checks before it. */

export interface Route {
  readonly methods: readonly ('GET' | 'HEAD' | 'POST')[];
  /** A load balancer that asks for health holds no secrets, and learns only up or down. */
  readonly needsToken: boolean;
  /** Pages that we have served ourselves may use it. */
  readonly isForOwnPage?: true;
  /** It is a WebSocket. */
  readonly isUpgrade?: true;
  /** It is refused unread while no put is taken in, and its failures say `"result"`. */
  readonly bringsPuts?: true;
}

export const routes = {
  '/v1/get': { methods: ['GET', 'HEAD'], needsToken: true },
  '/v1/put': { methods: ['POST'], needsToken: true, bringsPuts: true },
  '/v1/batch': { methods: ['POST'], needsToken: true, bringsPuts: true },
  '/healthz': { methods: ['GET', 'HEAD'], needsToken: false },
  '/readyz': { methods: ['GET', 'HEAD'], needsToken: false },
} as const satisfies Record<string, Route>;

export type RoutePath = keyof typeof routes;

/** There only where the inspector is on. The files of the page come with it, each under `pageFilesPath`. */
export const inspectorRoutes = {
  // The page itself has nothing to hide; what it shows comes over the sockets.
  '/inspect': { methods: ['GET', 'HEAD'], needsToken: false, isForOwnPage: true },
  // The token is the first message: a browser can send no header with it.
  '/inspect/live': { methods: ['GET'], needsToken: false, isForOwnPage: true, isUpgrade: true },
  // A ticket is in the URL: a stock receiver can send nothing else.
  '/inspect/xstate': { methods: ['GET'], needsToken: false, isForOwnPage: true, isUpgrade: true },
  '/inspect/ticket': { methods: ['POST'], needsToken: true, isForOwnPage: true },
} as const satisfies Record<string, Route>;

export type InspectorPath = keyof typeof inspectorRoutes;

export const pageFilesPath = '/inspect/page/';
export const pageFileRoute: Route = { methods: ['GET', 'HEAD'], needsToken: false, isForOwnPage: true };

/** By exact path: `/v1/%70ut` is another one, so that nobody in front of us reads it differently. */
export type RouteMap = ReadonlyMap<string, Route>;
export const apiRoutes: RouteMap = new Map<string, Route>(Object.entries(routes));

/** A raw URL up to its query. */
export function pathOf(url: string): string {
  const question = url.indexOf('?');
  return question < 0 ? url : url.slice(0, question);
}

/** What comes after the first `?`; `undefined`: there is none. */
export function queryOf(url: string): string | undefined {
  const question = url.indexOf('?');
  return question < 0 ? undefined : url.slice(question + 1);
}

/** Whether a failure says `"result"`, as those of all requests do that bring puts. */
export function bringsPuts(url: string | undefined): boolean {
  return url !== undefined && apiRoutes.get(pathOf(url))?.bringsPuts === true;
}
