/** The status line: what is shown, of when, and what is missing from it. Nothing is left unsaid. */
import { formatAgo, formatCount, formatSeconds, plural, visibleKey } from './format-numbers.ts';
import type { ViewState } from './view-state.ts';

export interface StatusPart {
  readonly text: string;
  readonly tone: 'live' | 'past' | 'bad' | 'plain';
  readonly title?: string;
}

export function statusParts(view: ViewState, now: number): StatusPart[] {
  return [...sourceParts(view, now), ...samplingParts(view), ...lossParts(view), ...hidingParts(view)];
}

function sourceParts(view: ViewState, now: number): StatusPart[] {
  const { moment } = view;
  const parts: StatusPart[] = [];
  if (view.isFile) parts.push({ text: `recording ${view.fileName ?? 'file'}`, tone: 'past' });
  const connection = connectionPart(view, now);
  if (connection) parts.push(connection);
  if (!moment) return parts;
  const { ring } = moment.watch;
  const behindMs = ring.at(ring.last)!.atMs - moment.frame.atMs;
  if (view.isLive) return parts;
  if (view.isPlaying) parts.push({ text: `replaying at ${formatAgo(behindMs)}`, tone: 'past' });
  else if (view.isFile && behindMs === 0) parts.push({ text: 'at its end', tone: 'past' });
  else parts.push({ text: `paused at ${formatAgo(behindMs)}`, tone: 'past' });
  return parts;
}

function connectionPart({ connection, isLive }: ViewState, now: number): StatusPart | undefined {
  switch (connection.phase) {
    case 'none':
      return undefined;
    case 'connecting':
      return { text: 'connecting', tone: 'plain' };
    case 'open':
      return isLive ? { text: 'live', tone: 'live' } : undefined;
    case 'refused':
      return { text: `disconnected: ${connection.reason}`, tone: 'bad' };
    case 'waiting': {
      const seconds = Math.max(1, Math.ceil((connection.retryAt - now) / 1000));
      return { text: `disconnected: ${connection.reason}; trying again in ${seconds} s`, tone: 'bad' };
    }
  }
}

function samplingParts({ moment }: ViewState): StatusPart[] {
  if (!moment) return [];
  const { oneIn, asked, keys, withheld } = moment.frame.sampling;
  const parts: StatusPart[] = [];
  const how = asked === 'auto' ? ' (auto)' : asked !== oneIn ? ` (1 in ${asked} asked for: too many)` : '';
  parts.push({
    text: oneIn === 1 ? `every put shown${how}` : `1 in ${formatCount(oneIn)} shown${how}`,
    tone: 'plain',
    title: 'Counts, rates and plots are of all puts. The list shows those that were chosen at their start.',
  });
  if (withheld) {
    parts.push({
      text: `${plural(withheld, 'record')} to come`,
      tone: 'plain',
      title: 'This frame had no room for them; they are told in the next ones, and counted already.',
    });
  }
  if (keys) parts.push({ text: `following ${keys.map(visibleKey).join(', ')}`, tone: 'plain' });
  return parts;
}

function lossParts({ moment }: ViewState): StatusPart[] {
  if (!moment) return [];
  const { missing, unkept, bounds } = moment.watch.ring;
  const parts: StatusPart[] = [];
  if (missing > 0) {
    parts.push({
      text: `${plural(missing, 'frame')} dropped: viewer too slow`,
      tone: 'bad',
      title: 'What happened in them is missing from the counts and plots.',
    });
  }
  if (unkept > 0) {
    parts.push({
      text: `memory full: ${plural(unkept, 'newer frame')} not kept`,
      tone: 'bad',
      title: `At most ${formatSeconds(bounds.keptMsMax)} are kept, and the moment that you look at is among them. Go on to let it go.`,
    });
  }
  return parts;
}

function hidingParts({ moment, shown }: ViewState): StatusPart[] {
  const hides = (moment?.watch ?? shown)?.hello.hides;
  if (!hides || (!hides.keys && !hides.values)) return [];
  const what = [hides.keys ? 'keys' : '', hides.values ? 'values' : ''].filter(Boolean).join(' and ');
  return [{ text: `${what} hidden`, tone: 'plain', title: 'By a setting of the server.' }];
}
