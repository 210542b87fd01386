/** Light, dark, or as the system has it. */
import { button, setAttribute } from './dom.ts';
import { icon, setIcon } from './glyphs.ts';

type Theme = 'auto' | 'light' | 'dark';

const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];
const ICON_OF = { auto: 'auto', light: 'sun', dark: 'moon' } as const;
const STORED_AS = 'concave-inspector-theme';

let theme = stored();

export function themeButton(): HTMLButtonElement {
  const picture = icon(ICON_OF[theme]);
  const made = button('Theme', { class: 'tool' }, () => nextTheme(), picture);
  const show = () => {
    setIcon(picture, ICON_OF[theme]);
    const label = `Theme: ${theme === 'auto' ? 'as the system' : theme}`;
    setAttribute(made, 'aria-label', label);
    setAttribute(made, 'title', `${label} (T)`);
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  };
  onThemeChange = show;
  show();
  return made;
}

export function nextTheme(): void {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
  try {
    localStorage.setItem(STORED_AS, theme);
  } catch {
    // Some browsers give a file no storage: then the choice lasts until the page is closed.
  }
  onThemeChange();
}

let onThemeChange = () => {};

function stored(): Theme {
  try {
    const found = localStorage.getItem(STORED_AS) as Theme;
    return THEMES.includes(found) ? found : 'auto';
  } catch {
    return 'auto';
  }
}
