/** The inspector, as an HTTP thread sees it: the WebSockets end here, and what goes over them is passed on. */

import type { InspectorSocket } from '../../inspector/socket.ts';
import { invariant } from '../../invariant.ts';
import type { InspectorService } from '../inspect/routes.ts';
import type { SocketSend, TicketAnswer, ToEngine, ToSocket } from './messages.ts';
import type { Outbox } from './outbox.ts';

/** More of a WebSocket than the inspector itself needs; the `ws` package has it. */
export interface RelayableSocket extends InspectorSocket {
  /** `sent` is called when the text is handed to the system, or never will be. */
  send(text: string, sent?: () => void): void;
  pause(): void;
  resume(): void;
}

export class RemoteInspector implements InspectorService {
  readonly #outbox: Outbox<ToEngine>;
  readonly #sockets = new Map<number, RelayableSocket>();
  readonly #asking = new Map<number, (answer: string | boolean) => void>();
  #lastId = 0;

  constructor(outbox: Outbox<ToEngine>) {
    this.#outbox = outbox;
  }

  addViewer(socket: RelayableSocket): void {
    this.#add('viewer', socket);
  }

  addReceiver(socket: RelayableSocket): void {
    this.#add('receiver', socket);
  }

  issueTicket(answer: (ticket: string) => void): void {
    const id = this.#ask((ticket) => answer(ticket as string));
    this.#outbox.send({ type: 'ticketWanted', id });
  }

  takeTicket(ticket: string, answer: (isGood: boolean) => void): void {
    const id = this.#ask((isGood) => answer(isGood as boolean));
    this.#outbox.send({ type: 'ticketShown', id, ticket });
  }

  /** The inspector itself says goodbye to its sockets, wherever they end. */
  close(): void {}

  takeTicketAnswer({ id, answer }: TicketAnswer): void {
    const take = this.#asking.get(id);
    invariant(take !== undefined, 'an answer about a ticket of which nobody asked');
    this.#asking.delete(id);
    take(answer);
  }

  takeForSocket(message: ToSocket): void {
    // It may have closed meanwhile.
    const socket = this.#sockets.get(message.id);
    switch (message.type) {
      case 'socketSend':
        if (socket) this.#send(socket, message);
        break;
      case 'socketPing':
        socket?.ping();
        break;
      case 'socketTaken':
        socket?.resume();
        break;
      case 'socketClose':
        socket?.close(message.code, message.reason);
        break;
      case 'socketTerminate':
        socket?.terminate();
        break;
    }
  }

  #add(role: 'viewer' | 'receiver', socket: RelayableSocket): void {
    const id = ++this.#lastId;
    const outbox = this.#outbox;
    this.#sockets.set(id, socket);
    outbox.send({ type: 'socketOpened', id, role });
    socket.on('message', (data, isBinary) => {
      // One message at a time: nobody can send more than the inspector looks at.
      socket.pause();
      outbox.send({ type: 'socketMessage', id, text: isBinary ? undefined : String(data) });
    });
    socket.on('pong', () => outbox.send({ type: 'socketPong', id }));
    socket.on('close', () => {
      this.#sockets.delete(id);
      outbox.send({ type: 'socketClosed', id });
    });
    socket.on('error', () => socket.terminate());
  }

  #send(socket: RelayableSocket, { id, text }: SocketSend): void {
    socket.send(text, () => this.#outbox.send({ type: 'socketSent', id, size: text.length }));
  }

  #ask(take: (answer: string | boolean) => void): number {
    const id = ++this.#lastId;
    this.#asking.set(id, take);
    return id;
  }
}
