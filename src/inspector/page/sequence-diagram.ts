/** The messages of one put, between those who sent and got them, with real times. */
import type { Lifeline, TransactionRecord } from '../protocol.ts';
import { svg } from './dom.ts';
import { formatDuration } from './format-numbers.ts';
import { LIFELINES, type SequenceRow, sequenceRows } from './sequence.ts';
import { staysOf } from './stay.ts';

const NAMES: Readonly<Record<Lifeline, string>> = {
  http: 'HTTP',
  transaction: 'transaction',
  keyLocks: 'key locks',
  flusher: 'flusher',
  disk: 'disk',
};

const TIME_PX = 76;
const HEAD_PX = 34;
const MESSAGE_PX = 36;
const WAIT_PX = 34;
const FOOT_PX = 14;

export function sequenceDiagram(record: TransactionRecord, nowMs: number, width: number): SVGSVGElement {
  const untilMs = record.endedMs ?? Math.max(nowMs, record.startedMs);
  const rows = sequenceRows(record.messages, record.startedMs, untilMs);
  const ys: number[] = [];
  let y = HEAD_PX + 6;
  for (const row of rows) {
    y += row.kind === 'wait' ? WAIT_PX : MESSAGE_PX;
    ys.push(y);
  }
  const height = y + FOOT_PX;
  const step = (width - TIME_PX - 8) / LIFELINES.length;
  const xOf = (lifeline: Lifeline) => TIME_PX + step * (LIFELINES.indexOf(lifeline) + 0.5);
  const drawing = svg('svg', {
    class: 'sequence',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: 'img',
    'aria-label': rows.map(rowInWords).join('; '),
  });
  for (const lifeline of LIFELINES) {
    const x = xOf(lifeline);
    drawing.append(
      svg('line', { class: 'lifeline', x1: x, x2: x, y1: HEAD_PX, y2: height }),
      svg('rect', { class: 'lifeline-head', x: x - step / 2 + 4, y: 2, width: step - 8, height: 26, rx: 6 }),
      svg('text', { class: 'lifeline-name', x, y: 15 }, NAMES[lifeline]),
    );
  }
  drawing.append(...stateBars(record, nowMs, rows, ys, xOf('transaction')));
  rows.forEach((row, i) => {
    if (row.kind === 'wait') drawing.append(...waitMark(row, ys[i]!, xOf(row.on), width));
    else drawing.append(...messageLine(row, ys[i]!, xOf, width));
  });
  return drawing;
}

/** The states of the transaction, as bars along its lifeline. */
function stateBars(
  record: TransactionRecord,
  nowMs: number,
  rows: readonly SequenceRow[],
  ys: readonly number[],
  x: number,
): SVGElement[] {
  const top = HEAD_PX + 14;
  // Heights are those of the rows: time is not to scale, and messages of one moment are apart.
  const yAt = (ms: number) => {
    let y = top;
    rows.forEach((row, i) => {
      if (row.kind === 'message' && row.message.atMs <= ms + 1e-6) y = ys[i]!;
    });
    return y;
  };
  return staysOf(record, nowMs).flatMap(({ state, fromMs, ms, isOpen }) => {
    const from = Math.max(top, yAt(fromMs));
    const to = isOpen ? (ys.at(-1) ?? from) : yAt(fromMs + ms);
    if (to - from < 1) return [];
    return [svg('rect', { class: `stay state-${state}`, x: x - 4, y: from, width: 8, height: to - from, rx: 2 })];
  });
}

function messageLine(
  { message, sinceMs }: Extract<SequenceRow, { kind: 'message' }>,
  y: number,
  xOf: (lifeline: Lifeline) => number,
  width: number,
): SVGElement[] {
  const [from, to] = [xOf(message.from), xOf(message.to)];
  const sign = Math.sign(to - from) || 1;
  const label = svg('text', { class: 'message-text', y: y - 7 }, svg('tspan', { class: 'message-type' }, message.type));
  if (message.detail !== undefined)
    label.append(svg('tspan', { class: 'message-detail', dx: '0.6em' }, message.detail));
  const length = message.type.length + (message.detail?.length ?? 0) + 1;
  const left = Math.min(from, to) + 8;
  // A long text grows to the left where it would leave the drawing.
  const isTooFar = left + length * 7.2 > width;
  label.setAttribute('x', `${isTooFar ? Math.max(from, to) - 8 : left}`);
  label.setAttribute('text-anchor', isTooFar ? 'end' : 'start');
  return [
    svg('text', { class: 'message-time', x: TIME_PX - 12, y }, formatDuration(sinceMs)),
    svg('line', { class: 'message-line', x1: from, x2: to - sign * 6, y1: y, y2: y }),
    svg('path', { class: 'message-head', d: `M${to} ${y}l${-sign * 8} -4v8Z` }),
    label,
  ];
}

function waitMark({ ms }: Extract<SequenceRow, { kind: 'wait' }>, y: number, x: number, width: number): SVGElement[] {
  const middle = y - WAIT_PX / 2 + 8;
  const text = `${formatDuration(ms)} of waiting`;
  const boxWidth = text.length * 7.2 + 16;
  const left = Math.min(Math.max(TIME_PX, x - boxWidth / 2), width - boxWidth);
  return [
    svg('path', { class: 'wait-line', d: `M${x} ${middle - 20}v40` }),
    svg('rect', { class: 'wait-box', x: left, y: middle - 10, width: boxWidth, height: 20, rx: 10 }),
    svg('text', { class: 'wait-text', x: left + boxWidth / 2, y: middle }, text),
  ];
}

function rowInWords(row: SequenceRow): string {
  if (row.kind === 'wait') return `${formatDuration(row.ms)} of waiting`;
  const { from, to, type, detail } = row.message;
  return `${formatDuration(row.sinceMs)}: ${NAMES[from]} to ${NAMES[to]}: ${type}${detail === undefined ? '' : ` ${detail}`}`;
}
