/** The closed catalogue of failures: which error code and which status each has. Every failure of a reply is one of these. */

interface FailureEntry {
  readonly code: string;
  readonly status: number;
  /** The connection ends with this reply: nothing more will be served on it, or its bytes cannot be understood. */
  readonly closes?: true;
}

/** In the order in which the checks run; within 400, from the bytes to the meaning. A test compares it with `docs/http.md`. */
export const failures = {
  WRONG_HOST: { code: 'WRONG_HOST', status: 421 },
  FOREIGN_ORIGIN: { code: 'FOREIGN_ORIGIN', status: 403 },
  UNAUTHORIZED: { code: 'UNAUTHORIZED', status: 401 },
  UPGRADE_REQUIRED: { code: 'UPGRADE_REQUIRED', status: 426 },
  NO_ROUTE: { code: 'NO_ROUTE', status: 404 },
  METHOD_NOT_ALLOWED: { code: 'METHOD_NOT_ALLOWED', status: 405 },
  EXPECTATION_FAILED: { code: 'EXPECTATION_FAILED', status: 417 },
  UNSUPPORTED_MEDIA_TYPE: { code: 'UNSUPPORTED_MEDIA_TYPE', status: 415 },
  BODY_TOO_LARGE: { code: 'BODY_TOO_LARGE', status: 413 },
  QUEUE_FULL: { code: 'QUEUE_FULL', status: 503 },
  DRAINING: { code: 'DRAINING', status: 503, closes: true },
  HALTED: { code: 'HALTED', status: 503, closes: true },
  NOT_READY: { code: 'NOT_READY', status: 503 },

  BAD_REQUEST: { code: 'BAD_REQUEST', status: 400, closes: true },
  HEADERS_TOO_LARGE: { code: 'HEADERS_TOO_LARGE', status: 431, closes: true },
  REQUEST_TIMEOUT: { code: 'REQUEST_TIMEOUT', status: 408, closes: true },

  BAD_QUERY: { code: 'BAD_QUERY', status: 400 },
  BAD_ENCODING: { code: 'BAD_ENCODING', status: 400 },
  BAD_JSON: { code: 'BAD_JSON', status: 400 },
  BAD_BODY: { code: 'BAD_BODY', status: 400 },
  BAD_MEMBER: { code: 'BAD_MEMBER', status: 400 },
  BAD_KEY: { code: 'BAD_KEY', status: 400 },
  BAD_VALUE: { code: 'BAD_VALUE', status: 400 },
  BAD_VERSION: { code: 'BAD_VERSION', status: 400 },
  DUPLICATE_KEY: { code: 'DUPLICATE_KEY', status: 400 },
  LIMIT_EXCEEDED: { code: 'LIMIT_EXCEEDED', status: 400 },
  VERSION_EXHAUSTED: { code: 'VERSION_EXHAUSTED', status: 400 },
  PUT_TOO_LARGE: { code: 'PUT_TOO_LARGE', status: 400 },

  NOT_FOUND: { code: 'NOT_FOUND', status: 404 },
  KEY_IN_FLIGHT: { code: 'KEY_IN_FLIGHT', status: 409 },
  STALE_VERSION: { code: 'STALE_VERSION', status: 412 },
  DISK_FULL: { code: 'DISK_FULL', status: 507 },
  MEMORY_LIMIT: { code: 'MEMORY_LIMIT', status: 507 },
  KEYS_LIMIT: { code: 'KEYS_LIMIT', status: 507 },
  // The only code with two statuses: what the client must do is the same, what the server does next is not.
  PUT_TIMED_OUT: { code: 'OUTCOME_UNKNOWN', status: 504 },
  SYNC_FAILED: { code: 'OUTCOME_UNKNOWN', status: 500, closes: true },
} as const satisfies Record<string, FailureEntry>;

export type Failure = keyof typeof failures;
export type ErrorCode = (typeof failures)[Failure]['code'];

/** Why a request is refused: a failure, and one sentence for the person who sent it. */
export class Refusal {
  readonly failure: Failure;
  readonly error: string;
  /** Of the reply: names and values in turn. Nothing in them may come from a user. */
  readonly headers: readonly string[] | undefined;
  constructor(failure: Failure, error: string, headers?: readonly string[]) {
    this.failure = failure;
    this.error = error;
    this.headers = headers;
  }
}

/** `bytes` is what the client says, or what has come if it says nothing. */
export function bodyTooLarge(bytes: number, bodyBytesMax: number): Refusal {
  return new Refusal('BODY_TOO_LARGE', `the body has ${bytes} bytes or more, more than bodyBytesMax, ${bodyBytesMax}`);
}

/** Whether the connection ends with the reply. */
export function closesConnection(failure: Failure): boolean {
  return 'closes' in failures[failure];
}

/** What users send may be long: enough of it to be recognised, as a JSON string, so that nothing in it can act. */
export function quoteBriefly(text: string): string {
  return text.length <= 64 ? JSON.stringify(text) : `${JSON.stringify(text.slice(0, 64))}…`;
}
