/** Lines of the statecharts: orthogonal polylines with rounded corners, arrow heads, and where text fits on them. */

export type Point = readonly [x: number, y: number];

/** An SVG path along the points, cut short by `shorten` at its end, for the arrow head. */
export function roundedPath(points: readonly Point[], radius = 8, shorten = 0): string {
  const line = shortened(points, shorten);
  const [first] = line;
  if (!first) return '';
  let path = `M${text(first)}`;
  for (let i = 1; i < line.length - 1; i++) {
    const corner = line[i]!;
    const room = Math.min(radius, distance(line[i - 1]!, corner) / 2, distance(corner, line[i + 1]!) / 2);
    path += `L${text(towards(corner, line[i - 1]!, room))}Q${text(corner)} ${text(towards(corner, line[i + 1]!, room))}`;
  }
  return line.length > 1 ? `${path}L${text(line.at(-1)!)}` : path;
}

/** A triangle whose tip is the end of the line. */
export function arrowHead(points: readonly Point[], length = 9, width = 7): string {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (!tip || !before) return '';
  const back = towards(tip, before, length);
  const size = distance(tip, before) || 1;
  const across: Point = [(-(tip[1] - before[1]) / size) * (width / 2), ((tip[0] - before[0]) / size) * (width / 2)];
  return `M${text(tip)}L${text([back[0] + across[0], back[1] + across[1]])}L${text([back[0] - across[0], back[1] - across[1]])}Z`;
}

/** The middle of the longest stretch. */
export function middleOf(points: readonly Point[]): Point {
  let middle: Point = points[0] ?? [0, 0];
  let longest = -1;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    if (distance(a, b) > longest) {
      longest = distance(a, b);
      middle = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    }
  }
  return middle;
}

/** The length of the longest stretch. */
export function longestOf(points: readonly Point[]): number {
  return points.reduce((longest, point, i) => (i === 0 ? 0 : Math.max(longest, distance(points[i - 1]!, point))), 0);
}

/** How high the line passes a point, above or below it; far below where it does not. */
export function lineYNear([x, y]: Point, points: readonly Point[]): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < points.length; i++) {
    const [[ax, ay], [bx, by]] = [points[i - 1]!, points[i]!];
    const isPassing = ay === by && Math.min(ax, bx) <= x && x <= Math.max(ax, bx);
    if (isPassing && Math.abs(ay - y) < Math.abs(nearest - y)) nearest = ay;
  }
  return nearest;
}

function shortened(points: readonly Point[], by: number): readonly Point[] {
  const end = points.at(-1);
  const before = points.at(-2);
  if (!end || !before || by === 0) return points;
  return [...points.slice(0, -1), towards(end, before, Math.min(by, distance(end, before)))];
}

function towards(from: Point, to: Point, by: number): Point {
  const size = distance(from, to);
  return size === 0 ? from : [from[0] + ((to[0] - from[0]) * by) / size, from[1] + ((to[1] - from[1]) * by) / size];
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function text([x, y]: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
