/** The settings that the HTTP layer needs. A `Config` has them all but `port`. */

export interface HttpSettings {
  /** The port that is really listened on; asked for at the first request, when it is known. */
  readonly port: () => number;
  /** What a `Host` header may say besides the loopback names, exactly as clients send it: `db.example`, `db.example:8080`. */
  readonly hosts: readonly string[];
  /** What an `Origin` header may say; requests without one are not refused for that. */
  readonly origins: readonly string[];
  /** What `Authorization: Bearer` must carry; `undefined`: nothing is asked for. */
  readonly token: string | undefined;

  /** UTF-8 bytes of a key. */
  readonly keyBytesMax: number;
  /** Bytes of a value: of a string in UTF-8, 8 for a number, 1 for a bool, 8 times its length for an array. */
  readonly valueBytesMax: number;
  readonly arrayLengthMax: number;
  /** Keys in one put. */
  readonly operationsMax: number;
  readonly bodyBytesMax: number;
  /** Bytes of bodies that have come in part, of all connections together; 64 MiB if it is not given. */
  readonly queuedBytesMax?: number;

  readonly maxConnections: number;
  /** Requests of one connection that are in work at a time; beyond, it is not read from. */
  readonly pipelinedRequestsMax: number;
  readonly headersTimeoutMs: number;
  /** For the whole request, headers included; at least `headersTimeoutMs`. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** The store answers a put within this time; a connection on which nothing moves lives a little longer. */
  readonly putTimeoutMs: number;
}

export const queuedBytesMaxDefault = 64 * 1024 * 1024;
