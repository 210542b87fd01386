/** Puts the page together: the parts, the connection, the keys; and draws at most once per frame of the screen. */
import { Blocks } from './blocks.ts';
import { Connection } from './connection.ts';
import { Contention } from './contention.ts';
import { askForToken, isDialogOpen, showHelp, showProblem } from './dialogs.ts';
import { button, byId, setClass, setHidden } from './dom.ts';
import { Explain } from './explain.ts';
import { icon } from './glyphs.ts';
import { hideHint, refreshHint } from './hint.ts';
import { MACHINE_ORDER, Machines } from './machines.ts';
import type { Part } from './part.ts';
import { Plots } from './plots.ts';
import {
  isStandalone,
  openByDialog,
  openByDropping,
  ownRecording,
  saveAsPage,
  saveRecording,
} from './save-and-open.ts';
import { type ShortcutActions, shortcutOf } from './shortcuts.ts';
import { StatusLine } from './status-line.ts';
import { nextTheme, themeButton } from './theme.ts';
import { Timeline } from './timeline.ts';
import { TransactionDetail } from './transaction-detail.ts';
import { TransactionList } from './transaction-list.ts';
import { ViewState } from './view-state.ts';

const PLAY_TICK_MS = 50;
const STATUS_TICK_MS = 500;

const view = new ViewState();

const connection = new Connection(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/inspect/live`, {
  onState: (state) => view.change({ connection: state }),
  onHello: (hello) => view.begin(hello),
  onFrame: (frame, bytes) => view.add(frame, bytes),
  onUnauthorized: (error, hadToken) => askForToken(error, hadToken, (token) => connection.connectWithToken(token)),
});

const filterByKey = (key: string) => {
  list.filterByKey(key);
  view.choose(undefined);
};
const tellWhatToWatch = () => connection.watch(view.oneIn, view.followedKey);

const machines = new Machines(byId('machines'), view);
const list = new TransactionList(byId('list'), view, tellWhatToWatch);
const parts: readonly Part[] = [
  new StatusLine(byId('status'), view, () => connection.connect()),
  new Explain(byId('explain'), view, filterByKey),
  machines,
  list,
  new TransactionDetail(byId('detail'), view, filterByKey),
  new Contention(byId('contention'), view, filterByKey),
  new Plots(byId('plots')),
  new Blocks(byId('blocks')),
  new Timeline(byId('timeline'), view),
];

// Frames come ten times a second; what people do is shown at once.
const drawnAt = new Map<Part, number>();
let isDrawing = false;
let late: ReturnType<typeof setTimeout> | undefined;
let drawnFor = '';

function draw(): void {
  isDrawing = false;
  const now = performance.now();
  const { moment } = view;
  const drawFor = choiceOf();
  const isForced = drawFor !== drawnFor;
  drawnFor = drawFor;
  let isLate = false;
  for (const part of parts) {
    if (!isForced && now - (drawnAt.get(part) ?? Number.NEGATIVE_INFINITY) < part.everyMs) {
      isLate = true;
      continue;
    }
    drawnAt.set(part, now);
    part.update(moment);
  }
  showPanels();
  refreshHint();
  clearTimeout(late);
  // No frame may come after the last one.
  if (isLate) late = setTimeout(invalidate, 1000);
}

function invalidate(): void {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(draw);
}

/** Changes where somebody chose to see something else. */
function choiceOf(): string {
  const { filter, selectedId, machine, oneIn, followedKey, moment, isLive } = view;
  const at = isLive ? 'live' : view.isPlaying ? 'playing' : `${moment?.index}`;
  return [
    at,
    moment?.watch.hello.startedAt,
    selectedId,
    machine,
    oneIn,
    followedKey,
    filter.text,
    [...filter.outcomes],
    filter.durationMsMin,
  ].join('|');
}

/** How far the page was scrolled when a put was opened: going back goes back there. */
let scrollBefore = 0;

function showPanels(): void {
  const scroller = byId('page');
  const isOpening = view.selectedId !== undefined && byId('detail').hidden;
  const isClosing = view.selectedId === undefined && !byId('detail').hidden;
  if (isOpening) scrollBefore = scroller.scrollTop;
  const isWithoutServer = view.connection.phase === 'none' && view.shown === undefined;
  const hasDetail = view.selectedId !== undefined;
  setClass(document.body, 'has-detail', hasDetail);
  setHidden(byId('no-server'), !isWithoutServer);
  for (const id of ['explain', 'machines', 'disk', 'timeline']) setHidden(byId(id), isWithoutServer);
  setHidden(byId('workspace'), isWithoutServer || hasDetail);
  setHidden(byId('detail'), isWithoutServer || !hasDetail);
  // Its path is drawn at the top.
  if (isOpening) scroller.scrollTop = 0;
  if (isClosing) scroller.scrollTop = scrollBefore;
}

const actions: ShortcutActions = {
  togglePause: () => view.togglePause(performance.now()),
  step: (frames) => view.step(frames),
  toOldest: () => view.seek(0),
  toLive: () => view.goLive(),
  focusFilter: () => {
    view.choose(undefined);
    requestAnimationFrame(() => list.focusFilter());
  },
  escape: () => {
    if (hideHint() || machines.shrink()) return;
    if (view.selectedId !== undefined) view.choose(undefined);
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  },
  chooseMachine: (at) => view.change({ machine: MACHINE_ORDER[at] ?? 'transaction' }),
  grow: () => machines.toggleGrown(),
  save: () => saveRecording(view),
  saveAsPage: () => void saveAsPage(view),
  open: () => openByDialog(view),
  nextTheme,
  help: showHelp,
};

function onKeyDown(event: KeyboardEvent): void {
  if (isDialogOpen() || event.defaultPrevented) return;
  const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
  const found = shortcutOf({ key, shiftKey, isModified: ctrlKey || metaKey || altKey }, focusOf(event.target));
  if (!found) return;
  event.preventDefault();
  actions[found.name](found.argument ?? 0);
}

function focusOf(target: EventTarget | null): 'text' | 'control' | 'other' {
  if (!(target instanceof Element)) return 'other';
  if (target.matches('input:not([type="range"]), select, textarea')) return 'text';
  return target.matches('button, a') ? 'control' : 'other';
}

function makeTools(): void {
  const tool = (label: string, title: string, name: Parameters<typeof icon>[0], act: () => void) =>
    button(label, { class: 'tool with-words', title }, act, icon(name), label);
  byId('tools').append(
    tool('Open', 'Open a recording (O)', 'open', actions.open),
    tool('Save', 'Save the recording (S)', 'save', actions.save),
    tool('Save as page', 'Save as one file that opens without a server (Shift S)', 'page', actions.saveAsPage),
    themeButton(),
    button('Help', { class: 'tool', title: 'How to read this page (?)' }, showHelp, icon('help')),
  );
  byId('open-recording').addEventListener('click', actions.open);
}

function start(): void {
  view.onChange = invalidate;
  makeTools();
  openByDropping(view);
  document.addEventListener('keydown', onKeyDown);
  setInterval(() => view.play(performance.now()), PLAY_TICK_MS);
  // The seconds until the next attempt go by without a frame.
  setInterval(() => view.connection.phase === 'waiting' && invalidate(), STATUS_TICK_MS);
  if (isStandalone()) showOwnRecording();
  else connection.connect();
  invalidate();
}

function showOwnRecording(): void {
  try {
    const recording = ownRecording();
    if (recording) view.open(recording, 'in this page');
  } catch (error) {
    showProblem('The recording in this page cannot be shown', (error as Error).message);
  }
}

start();
