/** The pages of docs/state-diagrams: words about each machine, and its diagram read from the machine itself. */
import type { AnyStateMachine } from 'xstate';
import { compactorMachine } from '../../src/actors/compactor.machine.ts';
import { flusherMachine } from '../../src/actors/flusher.machine.ts';
import { keyLocksMachine } from '../../src/actors/key-locks.machine.ts';
import { storeMachine } from '../../src/actors/store.machine.ts';
import { transactionMachine } from '../../src/actors/transaction.machine.ts';

interface Page {
  readonly file: string;
  readonly title: string;
  readonly source: string;
  readonly about: string;
  readonly machine: AnyStateMachine;
}

const pages: readonly Page[] = [
  {
    file: 'transaction.md',
    title: 'Transaction',
    source: 'src/actors/transaction.machine.ts',
    about:
      'One actor for each put. It asks for all of its keys, compares the expected versions with the committed ones, encodes its record, and waits for the flush that makes it durable. `rejected` means refused before anything was written; `rolledBack` that the flush definitely failed; `undecided` that the disk failed and nobody knows.',
    machine: transactionMachine,
  },
  {
    file: 'key-locks.md',
    title: 'Key locks',
    source: 'src/actors/key-locks.machine.ts',
    about:
      'Grants all the keys of a put or none. It never makes a put wait for a key, so two puts can never wait for each other; a put that is denied learns who holds which key.',
    machine: keyLocksMachine,
  },
  {
    file: 'flusher.md',
    title: 'Flusher',
    source: 'src/actors/flusher.machine.ts',
    about:
      'Group commit: puts that gather while one flush is under way go out together with the next. A full disk is a definite failure, after which room is looked for every second; any other failure is final.',
    machine: flusherMachine,
  },
  {
    file: 'compactor.md',
    title: 'Compactor',
    source: 'src/actors/compactor.machine.ts',
    about:
      'Owns the blocks once they are sealed, and merges the newest of them where there are more than `maxBlocks`. What it merges becomes part of the log with a rename; only then are the inputs deleted.',
    machine: compactorMachine,
  },
  {
    file: 'store.md',
    title: 'Store',
    source: 'src/actors/store.machine.ts',
    about:
      'The root of all actors. It recovers before it serves, drains before it closes, and halts when the disk fails or the data directory is gone.',
    machine: storeMachine,
  },
];

/** File name and text of every page. */
export function diagramPages(): [file: string, text: string][] {
  const index = pages.map(({ file, title }) => `- [${title}](${file})`).join('\n');
  return [
    ['README.md', `# State diagrams\n\n${GENERATED}\n\n${index}\n`],
    ...pages.map((page): [string, string] => [page.file, pageText(page)]),
  ];
}

const GENERATED = 'Made from the machines by `npm run diagrams`.';

function pageText({ title, source, about, machine }: Page): string {
  return `# ${title}\n\n${about}\n\nSource: [\`${source}\`](../../${source}). ${GENERATED}\n\n\`\`\`mermaid\n${mermaid(machine)}\n\`\`\`\n`;
}

/** The parts of XState's state nodes that are read here. */
interface Node {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly states: Record<string, Node>;
  readonly always: readonly Edge[] | undefined;
  readonly transitions: ReadonlyMap<string, readonly Edge[]>;
  readonly initial: { readonly target: readonly Node[] } | undefined;
}

interface Edge {
  readonly target: readonly Node[] | undefined;
  readonly guard: unknown;
}

function mermaid(machine: AnyStateMachine): string {
  const root = machine.root as unknown as Node;
  return ['stateDiagram-v2', ...stateLines(root, root, 1), ...crossingLines(root, root)].join('\n');
}

/** Edges that leave the state they are in: inside its braces, Mermaid would draw their targets in it too. */
function crossingLines(node: Node, root: Node): string[] {
  return Object.values(node.states).flatMap((child) => [
    ...(node === root ? [] : edgeLines(child, root, '    ', (target) => !Object.values(node.states).includes(target))),
    ...crossingLines(child, root),
  ]);
}

function stateLines(node: Node, root: Node, depth: number): string[] {
  const indent = '    '.repeat(depth);
  const lines: string[] = [];
  const [initial] = node.initial?.target ?? [];
  if (initial) lines.push(`${indent}[*] --> ${name(initial, root)}`);
  for (const child of Object.values(node.states)) {
    if (Object.keys(child.states).length > 0) {
      lines.push(`${indent}state ${name(child, root)} {`, ...stateLines(child, root, depth + 1), `${indent}}`);
    }
    lines.push(...edgeLines(child, root, indent, (target) => Object.values(node.states).includes(target)));
    if (child.type === 'final') lines.push(`${indent}${name(child, root)} --> [*]`);
  }
  return lines;
}

function edgeLines(node: Node, root: Node, indent: string, isWanted: (target: Node) => boolean): string[] {
  const edges: [event: string, edge: Edge][] = [...node.transitions].flatMap(([event, found]) =>
    found.map((edge): [string, Edge] => [event, edge]),
  );
  for (const edge of node.always ?? []) edges.push(['', edge]);
  return edges.flatMap(([event, { target: [target = node] = [], guard }]) => {
    if (!isWanted(target)) return [];
    const label = [eventLabel(event), guard === undefined ? '' : `[${guardName(guard)}]`].filter(Boolean).join(' ');
    return [`${indent}${name(node, root)} --> ${name(target, root)}${label ? ` : ${label}` : ''}`];
  });
}

/** Mermaid has one space of names; ours are unique within each machine. */
function name(node: Node, root: Node): string {
  return node === root ? 'machine' : node.key;
}

/** What happens, in the words of the machine: XState's own names for ends of actors and delays are long. */
function eventLabel(event: string): string {
  const invoked = /^xstate\.(done|error)\.actor\.(?:\d+\.)?(.+)$/.exec(event);
  if (invoked) return invoked[1] === 'done' ? 'done' : 'failed';
  const delay = /^xstate\.after\.([^.]+)\./.exec(event);
  return delay ? `after ${delay[1]}` : event;
}

function guardName(guard: unknown): string {
  return typeof guard === 'string' ? guard : ((guard as { type?: string }).type ?? 'guard');
}
