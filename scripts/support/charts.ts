/** How each machine is drawn: its states and transitions, laid out by ELK for the inspector's page. */
import elkModule, { type ELK, type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import type { AnyStateMachine } from 'xstate';
import { type EdgeOutline, type MachineOutline, outlineOf } from '../../src/inspector/machine-outline.ts';
import { machines } from '../../src/inspector/machines.ts';
import type { Chart, ChartEdge, ChartState, EdgeName, MachineName, StateName } from '../../src/inspector/protocol.ts';
import { innerLine } from './labels.ts';
import { machineWords } from './machine-words.ts';

/** The page's font is monospace: a character is as wide as this share of its size. */
const CHARACTER_EM = 0.6;
const STATE_LABEL = { size: 13, line: 18 };
const EDGE_LABEL = { size: 12, line: 16 };
const INNER_LINE = { size: 11, line: 15 };
/** Below the label: how many actors are in the state. */
const COUNT_LINE = 22;
const COUNT_WIDTH = 60;
const BOX_PADDING = 10;
const INITIAL_SIZE = 14;
/** Around what a chart, a frame or a compound state holds. */
const PADDING = 16;
const FRAME_MARGIN = 8;

type ElkOptions = Readonly<Record<string, string>>;

const common: ElkOptions = {
  'elk.algorithm': 'layered',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': paddingBelow(0),
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.labelNode': '6',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
};

/** For a band as wide as the page: twice or four times as wide as it is high. */
const fromLeftToRight: ElkOptions = {
  ...common,
  'elk.direction': 'RIGHT',
  'elk.spacing.nodeNode': '26',
  'elk.spacing.edgeNode': '20',
  'elk.spacing.edgeEdge': '18',
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
};

interface Drawing {
  /** What reads best, found by looking. */
  readonly options: ElkOptions;
  /** What happens when all goes well: drawn as straight as can be. */
  readonly mainPath: readonly EdgeName[];
}

const drawings: Readonly<Record<MachineName, Drawing>> = {
  transaction: {
    options: {
      ...fromLeftToRight,
      'elk.layered.layering.strategy': 'COFFMAN_GRAHAM',
      'elk.layered.cycleBreaking.strategy': 'DEPTH_FIRST',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      'elk.layered.nodePlacement.favorStraightEdges': 'true',
      'elk.layered.edgeLabels.centerLabelPlacementStrategy': 'SPACE_EFFICIENT_LAYER',
      'elk.layered.edgeLabels.sideSelection': 'ALWAYS_UP',
    },
    mainPath: [
      'reserving: granted → validating',
      'validating: always [nothingStandsAgainstIt] → staging',
      'staging: always → awaitingFlush',
      'awaitingFlush: durable → committed',
    ],
  },
  keyLocks: { options: fromLeftToRight, mainPath: [] },
  flusher: {
    options: {
      ...fromLeftToRight,
      'elk.layered.layering.strategy': 'LONGEST_PATH_SOURCE',
      'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
      'elk.layered.considerModelOrder.strategy': 'PREFER_NODES',
      'elk.layered.nodePlacement.favorStraightEdges': 'true',
      'elk.layered.edgeLabels.centerLabelPlacementStrategy': 'TAIL_LAYER',
    },
    mainPath: [
      'idle: append → gathering',
      'gathering: done(waitToFill) → flushing',
      'flushing: done(flush) → flushed',
      'flushed: always → unmarked',
      'unmarked: after(idleMark) → marking',
      'marking: done(mark) → marked',
    ],
  },
  compactor: {
    options: {
      ...fromLeftToRight,
      'elk.layered.cycleBreaking.strategy': 'GREEDY_MODEL_ORDER',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      'elk.layered.crossingMinimization.forceNodeModelOrder': 'true',
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      'elk.layered.nodePlacement.favorStraightEdges': 'true',
      'elk.layered.nodePromotion.strategy': 'NIKOLOV',
      'elk.layered.edgeLabels.centerLabelPlacementStrategy': 'SPACE_EFFICIENT_LAYER',
    },
    mainPath: [
      'resting: always [thereAreTooMany] → merging',
      'merging: done(merge) → publishing',
      'publishing: done(publish) → discarding',
    ],
  },
  store: {
    options: {
      ...fromLeftToRight,
      'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
      'elk.layered.nodePlacement.favorStraightEdges': 'true',
      'elk.layered.edgeLabels.centerLabelPlacementStrategy': 'SPACE_EFFICIENT_LAYER',
    },
    mainPath: [
      'recovering: done(openLog) → running',
      'running.serving: drain → running.draining',
      'running.draining: close → running.stoppingCompactor',
      'running.stoppingCompactor: xstate.done.actor.compactor → running.closingLog',
      'running.closingLog: done(closeLog) → closed',
    ],
  },
};

const onMainPath: ElkOptions = { 'elk.layered.priority.straightness': '10', 'elk.layered.priority.direction': '10' };

export async function layOutCharts(): Promise<Chart[]> {
  const elk = new elkModule.default();
  const charts: Chart[] = [];
  for (const name of Object.keys(machines) as MachineName[]) charts.push(await layOut(elk, name, machines[name]));
  return charts;
}

/** One state or edge a line, so that a difference shows what moved. */
export function chartsText(charts: readonly Chart[]): string {
  const list = (items: readonly unknown[]) =>
    `[\n${items.map((item) => `      ${JSON.stringify(item)}`).join(',\n')}\n    ]`;
  const texts = charts.map(({ states, edges, ...chart }) => {
    const head = Object.entries(chart).map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    return `  {\n${head.join(',\n')},\n    "states": ${list(states)},\n    "edges": ${list(edges)}\n  }`;
  });
  return `[\n${texts.join(',\n')}\n]\n`;
}

async function layOut(elk: ELK, machine: MachineName, definition: AnyStateMachine): Promise<Chart> {
  const { options, mainPath } = drawings[machine];
  const outline = outlineOf(definition);
  const unknown = mainPath.filter((name) => !outline.edges.some((edge) => edge.name === name));
  if (unknown.length > 0) throw new Error(`${machine} has no transition ${unknown.join(', ')}`);
  const frame = frameOf(outline);
  const states = unplacedStates(outline, frame?.name);
  const edges = unplacedEdges(outline);
  const inFrame = frame ? { 'elk.padding': paddingBelow(boxSize(frame)[1], PADDING + FRAME_MARGIN) } : {};
  const graph: ElkNode = await elk.layout({
    id: 'chart',
    layoutOptions: { ...options, ...inFrame },
    children: elkNodes(states, frame?.name, options),
    edges: edges.map((edge) => elkEdge(edge, mainPath)),
  });
  const nodes = new Map(allNodes(graph).map((node) => [node.id, node]));
  const routes = new Map(allEdges(graph).map((edge) => [edge.id, edge]));
  const { title, about } = machineWords[machine];
  const [width, height] = [Math.ceil(graph.width!), Math.ceil(graph.height!)];
  return {
    machine,
    title,
    about,
    width,
    height,
    states: [
      ...(frame ? [placedState(frame, frameBox(width, height))] : []),
      ...states.map((state) => placedState(state, nodes.get(state.name)!)),
    ],
    edges: edges.map((edge) => placedEdge(edge, routes.get(edgeId(edge))!)),
  };
}

type UnplacedState = Omit<ChartState, 'x' | 'y' | 'width' | 'height'>;
type UnplacedEdge = Omit<ChartEdge, 'points' | 'labelBox'>;

/** A box around all states, drawn where the machine has transitions of its own to list. ELK lays out what is in it. */
function frameOf({ machine, edges }: MachineOutline): UnplacedState | undefined {
  const inner = innerLines(edges, undefined);
  return inner.length > 0 ? { name: machine, label: machine, kind: 'compound', inner } : undefined;
}

function frameBox(width: number, height: number): ElkNode {
  const margin = FRAME_MARGIN;
  return { id: 'frame', x: margin, y: margin, width: width - 2 * margin, height: height - 2 * margin };
}

function unplacedStates({ states, edges }: MachineOutline, frame: StateName | undefined): UnplacedState[] {
  const unplaced = [initialState(undefined, frame)];
  for (const { name, key, kind, parent = frame, initial } of states) {
    unplaced.push({ name, label: key, kind, ...(parent && { parent }), inner: innerLines(edges, name) });
    if (initial) unplaced.push(initialState(name, name));
  }
  return unplaced;
}

/** The dot from which an arrow leads to where a machine, or a compound state, begins. */
function initialState(of: StateName | undefined, parent: StateName | undefined): UnplacedState {
  return { name: initialName(of), label: '', kind: 'initial', ...(parent && { parent }), inner: [] };
}

function initialName(of: StateName | undefined): StateName {
  return of === undefined ? '[*]' : `${of}.[*]`;
}

function unplacedEdges({ initial, states, edges }: MachineOutline): UnplacedEdge[] {
  const arrows: UnplacedEdge[] = [{ from: initialName(undefined), to: initial, label: [] }];
  for (const state of states) {
    if (state.initial) arrows.push({ from: initialName(state.name), to: state.initial, label: [] });
  }
  for (const { name, from, to, event, guard } of edges) {
    if (!to) continue;
    if (!from) throw new Error(`${name}: a transition of the machine itself that leads to a state has no arrow`);
    arrows.push({ name, from, to, label: [event, guard === undefined ? '' : `[${guard}]`].filter(Boolean) });
  }
  return arrows;
}

function innerLines(edges: readonly EdgeOutline[], of: StateName | undefined): UnplacedState['inner'] {
  return edges
    .filter(({ from, to }) => from === of && to === undefined)
    .map((edge) => ({ edge: edge.name, label: innerLine(edge) }));
}

function elkNodes(states: readonly UnplacedState[], parent: StateName | undefined, options: ElkOptions): ElkNode[] {
  return states
    .filter((state) => state.parent === parent)
    .map((state) => {
      const children = elkNodes(states, state.name, options);
      const [width, height] = boxSize(state);
      if (children.length === 0) return { id: state.name, width, height };
      const layoutOptions = {
        ...options,
        'elk.padding': paddingBelow(height),
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${width},${height})`,
      };
      return { id: state.name, layoutOptions, children };
    });
}

/** Of a state; of one around others, what its own text takes. */
function boxSize({ label, kind, inner }: UnplacedState): [width: number, height: number] {
  if (kind === 'initial') return [INITIAL_SIZE, INITIAL_SIZE];
  const widths = [
    COUNT_WIDTH,
    textWidth(label, STATE_LABEL.size),
    ...inner.map((line) => textWidth(line.label, INNER_LINE.size)),
  ];
  const height = STATE_LABEL.line + COUNT_LINE + inner.length * INNER_LINE.line;
  return [Math.max(...widths) + 2 * BOX_PADDING, height + BOX_PADDING];
}

function paddingBelow(text: number, others = PADDING): string {
  return `[top=${text + others},left=${others},bottom=${others},right=${others}]`;
}

function textWidth(text: string, size: number): number {
  return Math.ceil(text.length * size * CHARACTER_EM);
}

function edgeId({ name, from }: UnplacedEdge): string {
  return name ?? `${from} begins`;
}

function elkEdge(edge: UnplacedEdge, mainPath: readonly EdgeName[]): ElkExtendedEdge {
  const { from, to, label } = edge;
  const width = Math.max(...label.map((line) => textWidth(line, EDGE_LABEL.size)));
  const labels = label.length === 0 ? [] : [{ text: label.join(' '), width, height: label.length * EDGE_LABEL.line }];
  return {
    id: edgeId(edge),
    sources: [from],
    targets: [to],
    labels,
    layoutOptions: edge.name && mainPath.includes(edge.name) ? onMainPath : {},
  };
}

function allNodes(node: ElkNode): ElkNode[] {
  return [node, ...(node.children ?? []).flatMap(allNodes)];
}

function allEdges(node: ElkNode): ElkExtendedEdge[] {
  return allNodes(node).flatMap(({ edges = [] }) => edges);
}

function placedState(state: UnplacedState, { x, y, width, height }: ElkNode): ChartState {
  const { inner, ...rest } = state;
  return {
    ...rest,
    x: Math.round(x!),
    y: Math.round(y!),
    width: Math.round(width!),
    height: Math.round(height!),
    inner,
  };
}

function placedEdge(edge: UnplacedEdge, { sections, labels = [] }: ElkExtendedEdge): ChartEdge {
  const { startPoint, bendPoints = [], endPoint } = sections![0]!;
  const points = [startPoint, ...bendPoints, endPoint].map(({ x, y }): Point => [Math.round(x), Math.round(y)]);
  const [box] = labels;
  return {
    ...edge,
    points: withoutNeedlessPoints(points),
    ...(box && { labelBox: { x: Math.round(box.x!), y: Math.round(box.y!), width: box.width!, height: box.height! } }),
  };
}

type Point = readonly [x: number, y: number];

/** Without points at which the line does not bend. */
function withoutNeedlessPoints(points: readonly Point[]): Point[] {
  return points.filter(([x, y], at) => {
    const before = points[at - 1];
    const after = points[at + 1];
    if (!before || !after) return true;
    return !((before[0] === x && after[0] === x) || (before[1] === y && after[1] === y));
  });
}
