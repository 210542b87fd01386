/** The socket to the server: opened, opened again when it breaks, and not any more once the server refuses the token. */
import type { Frame, Goodbye, Hello, ServerMessage, ViewerMessage } from '../protocol.ts';

export type ConnectionState =
  /** There is no server: a file shows itself. */
  | { readonly phase: 'none' }
  | { readonly phase: 'connecting' }
  | { readonly phase: 'open' }
  | { readonly phase: 'waiting'; readonly reason: string; readonly retryAt: number }
  | { readonly phase: 'refused'; readonly reason: string };

export interface ConnectionHandlers {
  onState(state: ConnectionState): void;
  onHello(hello: Hello): void;
  onFrame(frame: Frame, bytes: number): void;
  /** The server wants a token, or another one. */
  onUnauthorized(error: string, hadToken: boolean): void;
}

const BACK_OFF_MIN_MS = 500;
const BACK_OFF_MAX_MS = 10_000;
const TOKEN_KEY = 'concave-inspector-token';

export class Connection {
  readonly #url: string;
  readonly #handlers: ConnectionHandlers;
  #socket: WebSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #watch: Extract<ViewerMessage, { type: 'watch' }> | undefined;
  #isGreeted = false;

  constructor(url: string, handlers: ConnectionHandlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  connect(): void {
    clearTimeout(this.#retry);
    this.#socket?.close();
    this.#isGreeted = false;
    this.#handlers.onState({ phase: 'connecting' });
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    const token = sessionStorage.getItem(TOKEN_KEY) ?? undefined;
    let goodbye: Goodbye | undefined;
    socket.onopen = () => send(socket, { type: 'open', ...(token === undefined ? {} : { token }) });
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket || typeof data !== 'string') return;
      const message = JSON.parse(data) as ServerMessage;
      if (message.type === 'goodbye') goodbye = message;
      else this.#take(message, data.length);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#closed(goodbye, token !== undefined);
    };
  }

  connectWithToken(token: string): void {
    sessionStorage.setItem(TOKEN_KEY, token);
    this.connect();
  }

  /** Said now, and again after each reconnection. */
  watch(oneIn: number | 'auto', key: string | undefined): void {
    this.#watch = { type: 'watch', oneIn, ...(key === undefined ? {} : { key }) };
    if (this.#socket && this.#isGreeted) send(this.#socket, this.#watch);
  }

  #take(message: Hello | Frame, bytes: number): void {
    if (message.type === 'frame') {
      if (this.#isGreeted) this.#handlers.onFrame(message, bytes);
      return;
    }
    if (message.type !== 'hello') return;
    if (message.format !== 1) {
      const reason = `the server speaks format ${message.format}, this page format 1; load the page again`;
      this.#end({ phase: 'refused', reason });
      return;
    }
    this.#isGreeted = true;
    this.#failures = 0;
    this.#handlers.onState({ phase: 'open' });
    this.#handlers.onHello(message);
    if (this.#watch && this.#socket) send(this.#socket, this.#watch);
  }

  #closed(goodbye: Goodbye | undefined, hadToken: boolean): void {
    if (goodbye?.code === 'UNAUTHORIZED') {
      sessionStorage.removeItem(TOKEN_KEY);
      this.#end({ phase: 'refused', reason: hadToken ? 'the token was refused' : 'a token is needed' });
      this.#handlers.onUnauthorized(goodbye.error, hadToken);
      return;
    }
    const delay = Math.min(BACK_OFF_MIN_MS * 2 ** this.#failures, BACK_OFF_MAX_MS);
    this.#failures++;
    const broken = this.#isGreeted ? 'the connection broke' : 'the server cannot be reached';
    const reason = goodbye ? `${goodbye.code}, ${goodbye.error}` : broken;
    this.#handlers.onState({ phase: 'waiting', reason, retryAt: Date.now() + delay });
    this.#retry = setTimeout(() => this.connect(), delay);
  }

  #end(state: ConnectionState): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    this.#handlers.onState(state);
  }
}

function send(socket: WebSocket, message: ViewerMessage): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}
