/** What the inspector needs of a WebSocket: the part that the `ws` package has. */

export interface InspectorSocket {
  /** Bytes taken in and not yet handed to the system. */
  readonly bufferedAmount: number;
  /** 1: open. */
  readonly readyState: number;
  send(text: string): void;
  ping(): void;
  close(code: number, reason: string): void;
  /** Ends the connection now, whatever is still unsent. */
  terminate(): void;
  on(event: 'message', listener: (data: Buffer | ArrayBuffer | Buffer[], isBinary: boolean) => void): unknown;
  on(event: 'close' | 'error' | 'pong', listener: () => void): unknown;
}
