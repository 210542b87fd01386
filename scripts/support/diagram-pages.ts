/** The pages of docs/state-diagrams: words about each machine, and what is read from the machine itself. */
import {
  type EdgeOutline,
  type MachineOutline,
  outlineOf,
  type StateOutline,
} from '../../src/inspector/machine-outline.ts';
import { machines } from '../../src/inspector/machines.ts';
import type { MachineName, StateName } from '../../src/inspector/protocol.ts';
import { innerLine } from './labels.ts';
import { machineWords } from './machine-words.ts';
import { messageRows, type Sender } from './message-words.ts';
import { sequencePage } from './sequence-page.ts';

/** File name and text of every page. */
export async function diagramPages(): Promise<[file: string, text: string][]> {
  const names = Object.keys(machines) as MachineName[];
  return [
    ['README.md', indexPage(names)],
    ['sequences.md', await sequencePage()],
    ...names.map((name): [string, string] => [machineWords[name].page, machinePage(name)]),
  ];
}

function indexPage(names: readonly MachineName[]): string {
  const lines = names.map((name) => `- [${machineWords[name].title}](${machineWords[name].page})`);
  lines.push('- [Sequences](sequences.md): who sends what to whom, and when');
  return `# State diagrams\n\nMade from the machines by \`npm run diagrams\`.\n\n${lines.join('\n')}\n`;
}

function machinePage(name: MachineName): string {
  const { title, about, more, source } = machineWords[name];
  const outline = outlineOf(machines[name]);
  return [
    `# ${title}`,
    `${about} ${more}`,
    `Source: [\`${source}\`](../../${source}). Made from the machine by \`npm run diagrams\`.`,
    `\`\`\`mermaid\n${stateDiagram(outline)}\n\`\`\``,
    ...ownTransitions(outline),
    ...messageTables(name),
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

/** Mermaid has no place for them. */
function ownTransitions({ edges }: MachineOutline): string[] {
  const own = edges.filter(({ from }) => from === undefined);
  if (own.length === 0) return [];
  const lines = own.map((edge) => `- \`${innerLine(edge)}\``);
  return [`In every state where no arrow says otherwise (the actions follow the slash):\n\n${lines.join('\n')}`];
}

function messageTables(name: MachineName): string[] {
  const rows = messageRows();
  const into = rows.filter(({ to }) => to === name).map(({ type, from, meaning }) => [type, from, meaning] as const);
  const out = rows.filter(({ from }) => from === name).map(({ type, to, meaning }) => [type, to, meaning] as const);
  return [
    ...messageTable('Messages in', 'from', into),
    ...(out.length > 0 ? messageTable('Messages out', 'to', out) : []),
  ];
}

function messageTable(
  title: string,
  column: string,
  rows: readonly (readonly [type: string, other: Sender, meaning: string])[],
): string[] {
  const lines = rows.map(([type, other, meaning]) => `| \`${type}\` | ${participantNames[other]} | ${meaning} |`);
  return [`## ${title}`, `| message | ${column} | what it means |\n|---|---|---|\n${lines.join('\n')}`];
}

const participantNames: Readonly<Record<Sender, string>> = {
  transaction: '[transaction](transaction.md)',
  keyLocks: '[key locks](key-locks.md)',
  flusher: '[flusher](flusher.md)',
  compactor: '[compactor](compactor.md)',
  store: '[store](store.md)',
  supervisor: "the transactions' supervisor",
  blockWriter: 'the block writer',
  directoryWatch: 'the watch over the data directory',
  owner: 'whoever opened the store',
};

function stateDiagram(outline: MachineOutline): string {
  return ['stateDiagram-v2', ...stateLines(outline, undefined, 1), ...crossingLines(outline)].join('\n');
}

function stateLines(outline: MachineOutline, parent: StateOutline | undefined, depth: number): string[] {
  const indent = '    '.repeat(depth);
  const siblings = outline.states.filter((state) => state.parent === parent?.name);
  const lines = [`${indent}[*] --> ${keyOf(parent?.initial ?? outline.initial)}`];
  for (const state of siblings) {
    if (state.kind === 'compound')
      lines.push(`${indent}state ${state.key} {`, ...stateLines(outline, state, depth + 1), `${indent}}`);
    for (const edge of outline.edges) if (edge.from === state.name && !crosses(edge)) lines.push(indent + arrow(edge));
    if (state.kind === 'final') lines.push(`${indent}${state.key} --> [*]`);
  }
  return lines;
}

/** Edges that leave the state they are in: inside its braces, Mermaid would draw their targets in it too. */
function crossingLines({ edges }: MachineOutline): string[] {
  return edges.filter(crosses).map((edge) => `    ${arrow(edge)}`);
}

function crosses({ from, to }: EdgeOutline): boolean {
  return from !== undefined && to !== undefined && parentOf(from) !== parentOf(to);
}

function arrow({ from, to, event, guard }: EdgeOutline): string {
  const label = [event, guard === undefined ? '' : `[${guard}]`].filter(Boolean).join(' ');
  return `${keyOf(from!)} --> ${keyOf(to ?? from!)}${label ? ` : ${label}` : ''}`;
}

/** Mermaid has one space of names; ours are unique within each machine. */
function keyOf(name: StateName): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function parentOf(name: StateName): StateName {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}
