/** WebSockets that end in an HTTP thread, as the inspector in the engine's thread sees them. */
import type { InspectorSocket } from '../../inspector/socket.ts';
import type { InspectorService } from '../inspect/routes.ts';
import type { AboutInspector, ToThread } from './messages.ts';
import type { Outbox } from './outbox.ts';

/** Of a WebSocket's `readyState`. */
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** Those of one thread. */
export class RelayedSockets {
  readonly #inspector: InspectorService;
  readonly #outbox: Outbox<ToThread>;
  readonly #sockets = new Map<number, RelayedSocket>();

  constructor(inspector: InspectorService, outbox: Outbox<ToThread>) {
    this.#inspector = inspector;
    this.#outbox = outbox;
  }

  take(message: AboutInspector): void {
    const inspector = this.#inspector;
    const outbox = this.#outbox;
    const { id } = message;
    switch (message.type) {
      case 'ticketWanted':
        inspector.issueTicket((answer) => outbox.send({ type: 'ticketAnswer', id, answer }));
        break;
      case 'ticketShown':
        inspector.takeTicket(message.ticket, (answer) => outbox.send({ type: 'ticketAnswer', id, answer }));
        break;
      case 'socketOpened': {
        const socket = new RelayedSocket(id, outbox);
        this.#sockets.set(id, socket);
        if (message.role === 'viewer') inspector.addViewer(socket);
        else inspector.addReceiver(socket);
        break;
      }
      case 'socketMessage':
        this.#sockets.get(id)!.hear(message.text);
        outbox.send({ type: 'socketTaken', id });
        break;
      case 'socketSent':
        this.#sockets.get(id)?.noteSent(message.size);
        break;
      case 'socketPong':
        this.#sockets.get(id)?.hearPong();
        break;
      case 'socketClosed':
        this.#sockets.get(id)!.end();
        this.#sockets.delete(id);
        break;
    }
  }

  /** The thread is gone. */
  endAll(): void {
    for (const socket of this.#sockets.values()) socket.end();
    this.#sockets.clear();
  }
}

class RelayedSocket implements InspectorSocket {
  readonly #id: number;
  readonly #outbox: Outbox<ToThread>;
  readonly #onMessage: ((data: Buffer, isBinary: boolean) => void)[] = [];
  readonly #onPong: (() => void)[] = [];
  readonly #onClose: (() => void)[] = [];
  /** Of what was sent, here or there, and is not with the system yet: in characters, which are bytes in nearly all texts. */
  bufferedAmount = 0;
  readyState: number = OPEN;

  constructor(id: number, outbox: Outbox<ToThread>) {
    this.#id = id;
    this.#outbox = outbox;
  }

  send(text: string): void {
    if (this.readyState !== OPEN) return;
    this.bufferedAmount += text.length;
    this.#outbox.send({ type: 'socketSend', id: this.#id, text });
  }

  ping(): void {
    if (this.readyState === OPEN) this.#outbox.send({ type: 'socketPing', id: this.#id });
  }

  close(code: number, reason: string): void {
    if (this.readyState !== OPEN) return;
    this.readyState = CLOSING;
    this.#outbox.send({ type: 'socketClose', id: this.#id, code, reason });
  }

  terminate(): void {
    if (this.readyState === CLOSED) return;
    this.readyState = CLOSING;
    this.#outbox.send({ type: 'socketTerminate', id: this.#id });
  }

  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void;
  on(event: 'close' | 'error' | 'pong', listener: () => void): void;
  on(event: 'message' | 'close' | 'error' | 'pong', listener: (data: Buffer, isBinary: boolean) => void): void {
    if (event === 'message') this.#onMessage.push(listener);
    // After an error the thread ends the socket itself; what is heard here is that it has closed.
    else if (event !== 'error') (event === 'pong' ? this.#onPong : this.#onClose).push(listener as () => void);
  }

  /** `undefined`: it was not text. */
  hear(text: string | undefined): void {
    for (const tell of this.#onMessage) tell(Buffer.from(text ?? ''), text === undefined);
  }

  hearPong(): void {
    for (const tell of this.#onPong) tell();
  }

  noteSent(size: number): void {
    this.bufferedAmount -= size;
  }

  end(): void {
    this.readyState = CLOSED;
    for (const tell of this.#onClose) tell();
  }
}
