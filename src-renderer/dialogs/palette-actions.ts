import type { AppController } from '../state/app.svelte.js';
import { shortcuts, shownKeys, type Shortcut } from '../state/shortcuts.js';
import type { TextKey } from '../shared/strings/en/index.js';
import type { PaletteAction } from './palette-search.js';

/** What only menus and buttons do. */
const others: readonly { readonly text: TextKey; readonly run: (app: AppController) => unknown }[] = [
  { text: 'palette.demo', run: (app) => void app.openDemo() },
  { text: 'palette.collect', run: (app) => app.song && (app.dialog = 'collect') },
  { text: 'palette.theme', run: ({ settings }) => settings.toggleTheme() },
  { text: 'palette.language', run: ({ settings }) => settings.toggleLanguage() },
];

/** Everything that can be done by a key or a menu; what is about the editor shows the editor first. */
export function paletteActions(app: AppController): PaletteAction[] {
  const { t } = app.settings;
  const run = (entry: Shortcut) => (): void => {
    if (!entry.everywhere) app.page = 'editor';
    entry.run(app, app.song, false);
  };
  const byKey = shortcuts
    .filter((entry, i) => shortcuts.findIndex(({ text }) => text === entry.text) === i)
    .filter(({ text }) => text !== 'shortcut.palette')
    .map((entry) => ({
      id: entry.text,
      words: t(entry.text),
      keys: shownKeys(entry, app.preferences.keys),
      run: run(entry),
    }));
  return [
    ...byKey,
    ...others.map(({ text, run }) => ({ id: text, words: t(text), keys: '', run: () => run(app) })),
  ];
}
