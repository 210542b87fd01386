/** How a transition is written out. */
import type { EdgeOutline } from '../../src/inspector/machine-outline.ts';

/** `reserve [allAreFree] / hold, grant`, as UML writes a transition within a state. */
export function innerLine({ event, guard, actions }: EdgeOutline): string {
  const condition = guard === undefined ? '' : ` [${guard}]`;
  const effect = actions.length === 0 ? '' : ` / ${actions.join(', ')}`;
  return `${event}${condition}${effect}`;
}
