/**
 * Every message that crosses between an HTTP thread and the engine's. What one turn of the loop brings goes over in one list,
 * in order; a few that cannot wait follow at once, behind what gathered before them.
 */
import type { BoundSocket, Socket } from 'node:net';
import type { PutsRefused } from '../../outcome.ts';
import type { Item } from './items.ts';

// From an HTTP thread to the engine.

/** Puts, reads and questions about readiness: `request-items.ts` says how they are written. */
export interface Requests {
  readonly type: 'requests';
  readonly items: Item[];
}

/** Answers to reads have been dealt with; their sizes are those that `Answers` said. */
export interface Consumed {
  readonly type: 'consumed';
  readonly size: number;
}

/** The thread has loaded what it needs, and waits to be told where to serve. */
export interface Loaded {
  readonly type: 'loaded';
}

/** It serves. */
export interface Serving {
  readonly type: 'serving';
}

/** It was told to stop listening, and nobody is connected any more. */
export interface Disconnected {
  readonly type: 'disconnected';
}

/** A WebSocket was opened there, for somebody who looks on. Ids are the thread's own. */
export interface SocketOpened {
  readonly type: 'socketOpened';
  readonly id: number;
  readonly role: 'viewer' | 'receiver';
}

/** What came over it. Nothing more comes before `SocketTaken`, but what had arrived with it. */
export interface SocketMessage {
  readonly type: 'socketMessage';
  readonly id: number;
  /** `undefined`: it was no text. */
  readonly text: string | undefined;
}

/** So much of what was to be sent is with the system now. */
export interface SocketSent {
  readonly type: 'socketSent';
  readonly id: number;
  /** In characters. */
  readonly size: number;
}

/** The other side has answered a ping. */
export interface SocketPong {
  readonly type: 'socketPong';
  readonly id: number;
}

export interface SocketClosed {
  readonly type: 'socketClosed';
  readonly id: number;
}

/** Answered by a `TicketAnswer` with the ticket. */
export interface TicketWanted {
  readonly type: 'ticketWanted';
  readonly id: number;
}

/** Answered by a `TicketAnswer` that says whether it was good. */
export interface TicketShown {
  readonly type: 'ticketShown';
  readonly id: number;
  readonly ticket: string;
}

/** A line for the log. */
export interface Logged {
  readonly type: 'logged';
  readonly fields: object;
  readonly message: string;
}

/** Our own code threw: the thread ends with this message. */
export interface ThreadBug {
  readonly type: 'bug';
  readonly error: unknown;
}

// From the engine to an HTTP thread.

/** Each item list is one of `answer-items.ts`, behind the slot of its request. */
export interface Answers {
  readonly type: 'answers';
  readonly items: Item[];
  /** Roughly the bytes of the values in it. The thread says when it has consumed them. */
  size: number;
}

/** Whether puts are refused unseen, from now on. */
export interface Admission {
  readonly type: 'admission';
  readonly refused: PutsRefused | undefined;
}

/** Where to accept connections. */
export interface Listen {
  readonly type: 'listen';
  /** `undefined`: nowhere, they will be handed over. */
  readonly socket: BoundSocket | undefined;
  /** Of the server: what requests must say in their Host header. */
  readonly port: number;
}

/** A client that was accepted elsewhere. */
export interface HandedOver {
  readonly type: 'connection';
  readonly socket: Socket;
}

/** Accept nobody any more. */
export interface StopListening {
  readonly type: 'stopListening';
}

/** End every connection as soon as it waits for no reply. */
export interface CloseConnections {
  readonly type: 'closeConnections';
}

/** End every connection now. */
export interface CutConnections {
  readonly type: 'cutConnections';
}

export interface SocketSend {
  readonly type: 'socketSend';
  readonly id: number;
  readonly text: string;
}

export interface SocketPing {
  readonly type: 'socketPing';
  readonly id: number;
}

/** The message that came was dealt with: the next may come. */
export interface SocketTaken {
  readonly type: 'socketTaken';
  readonly id: number;
}

export interface SocketClose {
  readonly type: 'socketClose';
  readonly id: number;
  readonly code: number;
  readonly reason: string;
}

/** Whatever is unsent. */
export interface SocketTerminate {
  readonly type: 'socketTerminate';
  readonly id: number;
}

export interface TicketAnswer {
  readonly type: 'ticketAnswer';
  readonly id: number;
  readonly answer: string | boolean;
}

export type AboutInspector =
  | SocketOpened
  | SocketMessage
  | SocketSent
  | SocketPong
  | SocketClosed
  | TicketWanted
  | TicketShown;
export type ToSocket = SocketSend | SocketPing | SocketTaken | SocketClose | SocketTerminate;

export type ToEngine = Requests | Consumed | Loaded | Serving | Disconnected | AboutInspector | Logged | ThreadBug;
export type ToThread =
  | Answers
  | Admission
  | Listen
  | HandedOver
  | StopListening
  | CloseConnections
  | CutConnections
  | ToSocket
  | TicketAnswer;
