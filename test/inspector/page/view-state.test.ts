import { beforeEach, expect, test } from 'vitest';
import { statusParts } from '../../../src/inspector/page/status.ts';
import { ViewState } from '../../../src/inspector/page/view-state.ts';
import { frame, hello, recordingOf, transaction } from './samples.ts';

let view: ViewState;

const status = () =>
  statusParts(view, 0)
    .map(({ text }) => text)
    .join(' · ');
const feed = (from: number, to: number) => {
  for (let number = from; number <= to; number++) view.add(frame(number), 100);
};
const shownNumber = () => view.moment?.frame.number;

beforeEach(() => {
  view = new ViewState();
  view.change({ connection: { phase: 'open' } });
  view.begin(hello);
  feed(1, 100);
});

test('live, each new frame is shown', () => {
  expect(shownNumber()).toBe(100);
  expect(status()).toBe('live · every put shown (auto)');
});

test('paused, the moment stays while recording goes on', () => {
  view.togglePause(0);
  feed(101, 150);
  expect(shownNumber()).toBe(100);
  expect(status()).toBe('paused at −5.0 s · every put shown (auto)');
  view.step(-10);
  expect(shownNumber()).toBe(90);
  view.step(-1000);
  expect(shownNumber()).toBe(1);
  view.goLive();
  expect(shownNumber()).toBe(150);
});

test('going on from a past moment replays it at its own pace', () => {
  view.seek(49);
  view.togglePause(1000);
  expect(status()).toContain('replaying at −5.0 s');
  view.play(2000);
  expect(shownNumber()).toBe(60);
  view.togglePause(2000);
  view.play(9000);
  expect(shownNumber()).toBe(60);
});

test('a file is shown while the server goes on, and its end is its end', () => {
  view.open(recordingOf([frame(1), frame(2), frame(3)]), 'saved.json');
  feed(101, 120);
  expect(shownNumber()).toBe(3);
  expect(status()).toBe('recording saved.json · at its end · every put shown (auto)');
  view.togglePause(0);
  expect(shownNumber()).toBe(1);
  view.play(10_000);
  expect([shownNumber(), view.isPlaying]).toEqual([3, false]);
  view.goLive();
  expect(shownNumber()).toBe(120);
});

test('after a reconnection the new watch is shown, unless the past is being looked at', () => {
  view.begin(hello);
  feed(1, 5);
  expect(shownNumber()).toBe(5);
  view.togglePause(0);
  view.begin(hello);
  feed(1, 2);
  expect(shownNumber()).toBe(5);
  expect(status()).toContain('recording the connection before');
  view.goLive();
  expect(shownNumber()).toBe(2);
});

test('what is saved is what is kept', () => {
  expect(view.recording!.frames.map(({ number }) => number)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(new ViewState().recording).toBeUndefined();
});

test('the status line says what is missing and why', () => {
  view.add(frame(108, { sampling: { oneIn: 50, asked: 10, seen: 1, chosen: 1, keys: ['k'] } }), 100);
  expect(status()).toBe(
    'live · 1 in 50 shown (1 in 10 asked for: too many) · following k · 7 frames dropped: viewer too slow',
  );
  view.change({ connection: { phase: 'waiting', reason: 'STOPPING, the server is stopping', retryAt: 3500 } });
  expect(status()).toContain('disconnected: STOPPING, the server is stopping; trying again in 4 s');
  view.change({ connection: { phase: 'refused', reason: 'the token was refused' } });
  expect(status()).toContain('disconnected: the token was refused');
});

test('the status line says what is hidden', () => {
  view.begin({ ...hello, hides: { keys: true, values: true } });
  feed(1, 1);
  expect(status()).toContain('keys and values hidden');
});

test('a put that is being read stays when it makes room for newer ones', () => {
  const put = transaction('a', { outcome: 'stale' });
  view.add(frame(101, { transactions: [put] }), 100);
  view.choose('a');
  expect(view.selected).toBe(put);
  view.step(-1);
  expect(view.selected).toBeUndefined();
  view.goLive();
  expect(view.selected).toBe(put);
  feed(102, 4000);
  expect(view.live!.transactions.size).toBe(0);
  expect(view.selected).toBe(put);
});
