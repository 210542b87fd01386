/** A CPU profile as Node writes it (`--cpu-prof`), as a tree of calls with the time that each took. */

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node that was running at each sample. */
  readonly samples: readonly number[];
  /** Microseconds from one sample to the next. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** Whose code a frame is. */
export type Owner = 'concave' | 'fastify' | 'xstate' | 'node' | 'native';

export interface Call {
  readonly name: string;
  readonly owner: Owner;
  /** In microseconds, with all that it called. */
  total: number;
  readonly calls: Map<string, Call>;
}

/** What ran from `skipMs` after the beginning on, without the time in which nothing did. */
export function callTree({ nodes, samples, timeDeltas }: CpuProfile, skipMs: number): Call {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const root: Call = { name: 'all', owner: 'native', total: 0, calls: new Map() };
  let elapsed = 0;
  samples.forEach((id, index) => {
    const took = timeDeltas[index]!;
    elapsed += took;
    if (elapsed < skipMs * 1000) return;
    const stack: ProfileNode[] = [];
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) stack.unshift(byId.get(at)!);
    if (stack.at(-1)!.callFrame.functionName !== '(idle)') add(root, stack.slice(1), took);
  });
  return root;
}

function add(root: Call, stack: readonly ProfileNode[], took: number): void {
  let call = root;
  call.total += took;
  for (const { callFrame } of stack) {
    const owner = ownerOf(callFrame);
    // An actor that sends a message to another takes eight frames of XState: they are one.
    const name = owner === 'xstate' ? 'XState' : callFrame.functionName || `(${callFrame.url.split('/').at(-1)})`;
    if (call.name === name && call.owner === owner) continue;
    call = callOf(call, name, owner);
    call.total += took;
  }
}

function callOf(parent: Call, name: string, owner: Owner): Call {
  let call = parent.calls.get(name);
  if (call === undefined) {
    call = { name, owner, total: 0, calls: new Map() };
    parent.calls.set(name, call);
  }
  return call;
}

function ownerOf({ url }: ProfileNode['callFrame']): Owner {
  if (url === '') return 'native';
  if (url.startsWith('node:')) return 'node';
  if (url.includes('/xstate/')) return 'xstate';
  return url.includes('/node_modules/') && !url.includes('/protobufjs/') ? 'fastify' : 'concave';
}
