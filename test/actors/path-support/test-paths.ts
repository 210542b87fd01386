/**
 * Makes the tests of a machine by path: each path is walked with a real actor, and after each step what the actor did
 * must be what the table of effects says of the transitions taken. The last test demands that every transition was
 * taken.
 */
import { expect, test } from 'vitest';
import type { AnyActorLogic, AnyActorRef } from 'xstate';
import { edgesOf, noteEdges } from './edges.ts';
import { type Path, pathsThrough, type Walk } from './walk.ts';

/** The actor under test among actors, disks and clocks that note what it does with them. It is not started yet. */
export interface Stage {
  readonly actor: AnyActorRef;
  /** What the actor did, one line each. */
  readonly seen: string[];
  /** What each stimulus is here. */
  readonly perform: Readonly<Record<string, () => void>>;
}

/** What is seen of a transition; the world is what came before, as far as that makes a difference. */
export type Effects<World> = Readonly<Record<string, readonly string[] | ((world: World) => readonly string[])>>;

export interface MachineByPath<World> extends Walk {
  readonly effects: Effects<World>;
  /** What is seen of the start. */
  readonly atStart: readonly string[];
  readonly makeWorld: () => World;
  /** `logic` is the machine, or its compiled form. */
  readonly makeStage: (logic: AnyActorLogic) => Stage;
  /**
   * The form that runs in production, where that is another one. It tells nobody of transitions: only effects are
   * seen.
   */
  readonly compiled?: AnyActorLogic;
}

export function testPaths<World>(tested: MachineByPath<World>): void {
  const { machine, effects, compiled } = tested;
  const defined = edgesOf(machine).toSorted();
  const paths = pathsThrough(tested);
  const walks = new Map<Path, Promise<readonly string[]>>();
  const walkOnce = (path: Path) => {
    if (!walks.has(path)) walks.set(path, walk(tested, machine, path));
    return walks.get(path)!;
  };

  test('every transition of the definition has its effects written down', () => {
    expect(Object.keys(effects).toSorted()).toEqual(defined);
  });
  const named = paths.map((path) => [path.name, path] as const);
  test.each(named)('%s', async (_name, path) => {
    expect(await walkOnce(path)).toEqual(path.steps.flatMap(({ edges }) => edges));
  });
  test('every transition of the definition was taken', async () => {
    const taken = await Promise.all(paths.map(walkOnce));
    expect([...new Set(taken.flat())].toSorted()).toEqual(defined);
  });
  if (compiled) test.each(named)('compiled: %s', async (_name, path) => void (await walk(tested, compiled, path)));
}

/** Walks the path, looks at what is seen of each step, and returns the transitions taken. */
async function walk<World>(
  { effects, atStart, makeWorld, makeStage }: MachineByPath<World>,
  logic: AnyActorLogic,
  path: Path,
): Promise<readonly string[]> {
  const { actor, seen, perform } = makeStage(logic);
  const world = makeWorld();
  actor.start();
  await settled();
  expect(seen.splice(0)).toEqual(atStart);
  const taken: string[] = [];
  noteEdges(actor, taken);
  for (const { stimulus, edges } of path.steps) {
    perform[stimulus]!();
    await settled();
    const expected = edges.flatMap((edge) => {
      const effect = effects[edge]!;
      return typeof effect === 'function' ? effect(world) : effect;
    });
    expect({ stimulus, seen: seen.splice(0) }).toEqual({ stimulus, seen: expected });
  }
  return taken;
}

/** The promises of one turn have run. */
const settled = () => new Promise<void>((resolve) => void setImmediate(resolve));
