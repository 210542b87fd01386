import { expect, test } from 'vitest';
import { type Call, type CpuProfile, callTree } from '../scripts/support/cpu-profile.ts';
import { flameGraph } from '../scripts/support/flame-graph.ts';

const frame = (id: number, functionName: string, url: string, children: number[] = []) => {
  return { id, callFrame: { functionName, url }, children };
};
const actor = 'file:///app/node_modules/xstate/dist/actor.js';
const profile: CpuProfile = {
  nodes: [
    frame(1, '(root)', '', [2, 3]),
    frame(2, '(idle)', ''),
    frame(3, 'onData', 'node:net', [4]),
    frame(4, 'put', 'file:///app/src/store.ts', [5]),
    frame(5, 'send', actor, [6]),
    frame(6, 'flush', actor, [7]),
    frame(7, 'stage<T>', 'file:///app/src/actors/transaction.machine.ts', [8]),
    frame(8, 'stage<T>', 'file:///app/src/actors/transaction.machine.ts'),
  ],
  samples: [4, 2, 4, 7, 8, 6],
  timeDeltas: [1000, 9000, 10_000, 20_000, 30_000, 40_000],
};

const outline = ({ name, owner, total, calls }: Call): unknown => [
  name,
  owner,
  total,
  ...[...calls.values()].map(outline),
];

test('a profile becomes a tree without what was idle, and without what came first', () => {
  // XState's frames are one, and so are those of a function that calls itself.
  expect(outline(callTree(profile, 5))).toEqual([
    'all',
    'native',
    100_000,
    [
      'onData',
      'node',
      100_000,
      ['put', 'concave', 100_000, ['XState', 'xstate', 90_000, ['stage<T>', 'concave', 50_000]]],
    ],
  ]);
});

test('a flame graph has each call as text, as wide as its time, with nothing that breaks XML', () => {
  const svg = flameGraph(callTree(profile, 5), 'before & after');
  expect(svg).toContain('before &amp; after');
  expect(svg).toMatch(/<title>XState: 90\.0 %<\/title><rect x="10\.0" y="\d+" width="1061\.5"/);
  expect(svg).toContain('>stage&lt;T&gt; 50.0 %</text>');
  expect(svg).not.toContain('stage<T>');
});
