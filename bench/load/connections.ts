/** Connections to one server that stay open from slice to slice, each with one request under way at most. */
import net from 'node:net';
import { type Conversation, converse, type Workload } from './workload.ts';

export interface ConnectOptions {
  readonly port: number;
  readonly connections: number;
  readonly workload: Workload;
}

export interface RunOptions {
  /** For so long, and then until the answers that are still out are there. */
  readonly seconds?: number;
  /** Or until each connection has sent so many. */
  readonly requestsEach?: number;
  /**
   * So many a second, whatever the server does: a request is due at a tick of 1 ms, and its latency counts from there, also if
   * it then waits for a connection. Without it, each connection sends its next request as soon as it has its answer.
   */
  readonly requestsPerS?: number;
}

/** What one run saw. */
export interface Slice {
  readonly requests: number;
  /** Reads answered, or objects or transactions committed. */
  readonly done: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

interface Connection {
  readonly socket: net.Socket;
  readonly conversation: Conversation;
  /** Of the request under way. */
  dueMs: number;
  sent: number;
}

export class Connections {
  readonly #all: Connection[] = [];
  #run: Run | undefined;
  /** Of a connection, while nothing was asked. */
  #error: unknown;

  static async open(options: ConnectOptions): Promise<Connections> {
    const connections = new Connections();
    await Promise.all(Array.from({ length: options.connections }, (_, index) => connections.#open(options, index)));
    return connections;
  }

  /** Rejects when an answer is not what it should be, or a connection ends. */
  async run(options: RunOptions): Promise<Slice> {
    if (this.#error) throw this.#error;
    this.#run = new Run(this.#all, options);
    return this.#run.ended.finally(() => {
      this.#run = undefined;
    });
  }

  close(): void {
    for (const { socket } of this.#all)
      socket
        .removeAllListeners()
        .on('error', () => {})
        .destroy();
  }

  #open({ port, connections, workload }: ConnectOptions, index: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    const conversation = converse(workload, { host: `127.0.0.1:${port}`, connection: index, connections });
    const connection: Connection = { socket, conversation, dueMs: 0, sent: 0 };
    this.#all.push(connection);
    const fail = (error: unknown) => {
      reject(error);
      this.#error = error;
      this.#run?.fail(error);
    };
    let pending: Buffer | undefined;
    socket.on('data', (chunk: Buffer) => {
      const bytes = pending ? Buffer.concat([pending, chunk]) : chunk;
      try {
        if (!this.#run) throw new Error(`the server said something unasked: ${bytes}`);
        const length = conversation.replyLength(bytes);
        pending = length === undefined || bytes.length < length ? bytes : undefined;
        if (pending) return;
        if (bytes.length > length!) throw new Error(`the server said more than was asked: ${bytes}`);
        this.#run.answered(connection, conversation.take(bytes));
      } catch (error) {
        fail(error);
      }
    });
    socket.on('error', fail);
    socket.on('close', () => fail(new Error('the server closed a connection')));
    socket.on('connect', resolve);
    return promise;
  }
}

class Run {
  readonly ended: Promise<Slice>;
  readonly #options: RunOptions;
  readonly #startedMs = performance.now();
  readonly #latenciesMs: number[] = [];
  readonly #end = Promise.withResolvers<Slice>();
  readonly #timers: NodeJS.Timeout[] = [];
  /** Those without a request under way, where requests come at a rate. */
  readonly #idle: Connection[] = [];
  /** When the requests that wait for a connection were due. */
  readonly #waitingMs: number[] = [];
  #due = 0;
  #underWay = 0;
  #done = 0;
  #isOver = false;

  constructor(connections: readonly Connection[], options: RunOptions) {
    this.#options = options;
    this.ended = this.#end.promise;
    for (const connection of connections) connection.sent = 0;
    if (options.seconds !== undefined) this.#timers.push(setTimeout(() => this.#stop(), options.seconds * 1000));
    if (options.requestsPerS === undefined) {
      for (const connection of connections) this.#send(connection, this.#startedMs);
      return;
    }
    this.#idle.push(...connections);
    this.#timers.push(setInterval(() => this.#tick(options.requestsPerS!), 1));
  }

  answered(connection: Connection, done: number): void {
    this.#latenciesMs.push(performance.now() - connection.dueMs);
    this.#done += done;
    this.#underWay -= 1;
    if (this.#options.requestsPerS === undefined) {
      const isLast = this.#isOver || connection.sent === this.#options.requestsEach;
      if (!isLast) this.#send(connection, performance.now());
    } else if (this.#waitingMs.length > 0) this.#send(connection, this.#waitingMs.shift()!);
    else this.#idle.push(connection);
    if (this.#underWay === 0 && (this.#isOver || this.#options.seconds === undefined)) this.#finish();
  }

  fail(error: unknown): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#end.reject(error);
  }

  #send(connection: Connection, dueMs: number): void {
    connection.dueMs = dueMs;
    connection.sent += 1;
    this.#underWay += 1;
    connection.socket.write(connection.conversation.next(), 'latin1');
  }

  #tick(requestsPerS: number): void {
    const nowMs = performance.now();
    for (; this.#due < ((nowMs - this.#startedMs) / 1000) * requestsPerS; this.#due += 1) {
      const connection = this.#idle.pop();
      if (connection) this.#send(connection, nowMs);
      else this.#waitingMs.push(nowMs);
    }
  }

  #stop(): void {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#underWay === 0) this.#finish();
  }

  #finish(): void {
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const sorted = Float64Array.from(this.#latenciesMs).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
    const latencies = { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999) };
    this.#end.resolve({ requests: sorted.length, done: this.#done, seconds, ...latencies });
  }
}
