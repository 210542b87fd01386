/**
 * The load client: a process of its own that keeps connections to all servers of a measurement, and loads one after the other as
 * it is told. It ends with the process that started it.
 */
import { Connections, type ConnectOptions, type RunOptions, type Slice } from './connections.ts';

export type Order =
  | { readonly id: number; readonly what: 'open'; readonly options: ConnectOptions }
  | { readonly id: number; readonly what: 'run'; readonly connections: number; readonly options: RunOptions }
  | { readonly id: number; readonly what: 'close'; readonly connections: number };

/** `cpuMicroseconds` are those of the client. */
export type ClientSlice = Slice & { readonly cpuMicroseconds: number };
export type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string });

const opened = new Map<number, Connections>();

process.on('disconnect', () => process.exit());
process.on('message', (order: Order) => {
  carryOut(order).then(
    (result) => answer({ id: order.id, result }),
    (error: unknown) => answer({ id: order.id, error: error instanceof Error ? error.message : String(error) }),
  );
});

/** Connections have the number of the order that opened them. */
async function carryOut(order: Order): Promise<unknown> {
  switch (order.what) {
    case 'open':
      opened.set(order.id, await Connections.open(order.options));
      return order.id;
    case 'run': {
      const before = process.cpuUsage();
      const slice = await opened.get(order.connections)!.run(order.options);
      const { user, system } = process.cpuUsage(before);
      return { ...slice, cpuMicroseconds: user + system } satisfies ClientSlice;
    }
    case 'close':
      opened.get(order.connections)!.close();
      opened.delete(order.connections);
      return undefined;
  }
}

function answer(answer: Answer): void {
  process.send!(answer);
}
