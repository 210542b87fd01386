/** The paths that exist and the methods they take: one table for the framework's router and for our checks before it. */

export interface Route {
  readonly methods: readonly ('GET' | 'HEAD' | 'POST')[];
  /** A load balancer that asks for health holds no secrets, and learns only up or down. */
  readonly needsToken: boolean;
}

export const routes = {
  '/v1/get': { methods: ['GET', 'HEAD'], needsToken: true },
  '/v1/put': { methods: ['POST'], needsToken: true },
  '/healthz': { methods: ['GET', 'HEAD'], needsToken: false },
  '/readyz': { methods: ['GET', 'HEAD'], needsToken: false },
} as const satisfies Record<string, Route>;

export type RoutePath = keyof typeof routes;

const byPath = new Map<string, Route>(Object.entries(routes));

/** Only the exact path: `/v1/%70ut` is another one, so that nobody in front of us reads it differently. */
export function findRoute(path: string): Route | undefined {
  return byPath.get(path);
}

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

/** Whether the reply says `"result"`, as all replies of a put do. */
export function isPutTarget(url: string | undefined): boolean {
  return url !== undefined && pathOf(url) === ('/v1/put' satisfies RoutePath);
}
