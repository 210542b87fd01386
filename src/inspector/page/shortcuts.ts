/** What the keys of the keyboard do, and the words for the help sheet. */

export interface Shortcut {
  readonly keys: readonly string[];
  readonly words: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['Space'], words: 'pause, or go on from the moment shown' },
  { keys: ['←', '→'], words: 'one frame back or forward; ten with Shift' },
  { keys: ['Home', 'End'], words: 'to the oldest moment; back to live' },
  { keys: ['/'], words: 'filter by key or id' },
  { keys: ['↑', '↓', 'Enter'], words: 'in the list: go through the puts, open one' },
  { keys: ['Esc'], words: 'close what was opened last' },
  { keys: ['1', '…', '5'], words: 'choose a machine' },
  { keys: ['F'], words: 'the statechart fills the window' },
  { keys: ['S'], words: 'save the recording; as a page with Shift' },
  { keys: ['O'], words: 'open a recording' },
  { keys: ['T'], words: 'light, dark, or as the system has it' },
  { keys: ['?'], words: 'this sheet' },
];

export interface ShortcutActions {
  togglePause(): void;
  step(frames: number): void;
  toOldest(): void;
  toLive(): void;
  focusFilter(): void;
  escape(): void;
  chooseMachine(at: number): void;
  grow(): void;
  save(): void;
  saveAsPage(): void;
  open(): void;
  nextTheme(): void;
  help(): void;
}

export type ShortcutName = keyof ShortcutActions;

/** What a key press means, if it means anything where the focus is. */
export function shortcutOf(
  { key, shiftKey, isModified }: { readonly key: string; readonly shiftKey: boolean; readonly isModified: boolean },
  focus: 'text' | 'control' | 'other',
): { readonly name: ShortcutName; readonly argument?: number } | undefined {
  if (isModified) return undefined;
  if (key === 'Escape') return { name: 'escape' };
  if (focus === 'text') return undefined;
  switch (key) {
    case ' ':
      // On a button, the space bar presses it.
      return focus === 'control' ? undefined : { name: 'togglePause' };
    case 'ArrowLeft':
      return { name: 'step', argument: shiftKey ? -10 : -1 };
    case 'ArrowRight':
      return { name: 'step', argument: shiftKey ? 10 : 1 };
    case 'Home':
      return { name: 'toOldest' };
    case 'End':
      return { name: 'toLive' };
    case '/':
      return { name: 'focusFilter' };
    case '?':
      return { name: 'help' };
    case 's':
    case 'S':
      return { name: shiftKey ? 'saveAsPage' : 'save' };
    case 'o':
    case 'O':
      return { name: 'open' };
    case 't':
    case 'T':
      return { name: 'nextTheme' };
    case 'f':
    case 'F':
      return { name: 'grow' };
    default:
      return /^[1-5]$/.test(key) ? { name: 'chooseMachine', argument: Number(key) - 1 } : undefined;
  }
}
