import { canMix } from '../../src-main/common/jobs/presets.js';
import type { AppController } from '../state/app.svelte.js';
import { shortcuts, shownKeys, type Shortcut } from '../state/shortcuts.js';
import type { TextKey } from '../shared/strings/en/index.js';
import type { PaletteAction } from './palette-search.js';

/** What only menus and buttons do. */
interface Other {
  readonly text: TextKey;
  /** Further words that people look for it by. */
  readonly also?: TextKey;
  readonly run: (app: AppController) => unknown;
}

/** Shows a preset's mix, where the song has the stem that it is about. */
const mix = (preset: 'karaoke' | 'acappella' | 'drumless') => (app: AppController) => {
  app.page = 'editor';
  const { song } = app;
  if (!song) return;
  const stems = song.tracks.filter(({ kind }) => kind === 'stem');
  const names = stems.map(({ id }) => id);
  const parents = song.info.separation?.parents;
  if (canMix(preset, names, parents)) song.mixer.applyPreset(preset, stems, undefined, parents);
};

const others: readonly Other[] = [
  {
    text: 'palette.do.separate',
    also: 'palette.words.separate',
    run: (app) => {
      app.page = 'editor';
      if (!app.song) return;
      app.song.view.panels.shown = 'separate';
      void app.song.separation.start(app.choice.settings(app.models));
    },
  },
  { text: 'palette.do.karaoke', also: 'palette.words.karaoke', run: mix('karaoke') },
  { text: 'palette.do.acappella', also: 'palette.words.acappella', run: mix('acappella') },
  { text: 'palette.do.drumless', also: 'palette.words.drumless', run: mix('drumless') },
  {
    text: 'palette.do.muteVocals',
    also: 'palette.words.muteVocals',
    run: ({ song }) => {
      if (!song) return;
      const stems = song.tracks.filter(({ kind }) => kind === 'stem');
      song.mixer.toggleMuteOf('vocals', stems, song.info.separation?.parents);
    },
  },
  {
    text: 'beats.detect',
    also: 'palette.words.beats',
    run: (app) => {
      if (!app.song) return;
      app.page = 'editor';
      app.song.view.beatsAsked++;
      void app.song.markers.beats.detect();
    },
  },
  {
    text: 'palette.do.export',
    also: 'palette.words.export',
    run: (app) => app.song && (app.dialog = 'export'),
  },
  {
    text: 'palette.do.projects',
    also: 'palette.words.projects',
    run: (app) => (app.dialog = 'projects'),
  },
  { text: 'palette.do.batch', also: 'palette.words.batch', run: (app) => (app.page = 'batch') },
  { text: 'palette.do.keys', also: 'palette.words.keys', run: (app) => (app.page = 'settings') },
  { text: 'palette.demo', run: (app) => void app.openDemo() },
  {
    text: 'tour.again',
    run: (app) => {
      app.preferences.set({ toured: false });
      app.page = 'editor';
    },
  },
  { text: 'palette.collect', run: (app) => app.song && (app.dialog = 'collect') },
  { text: 'palette.theme', run: ({ settings }) => settings.toggleTheme() },
  {
    text: 'palette.language',
    also: 'palette.words.language',
    run: ({ settings }) => settings.toggleLanguage(),
  },
];

/** Other words for what has a key. */
const wordsOf: Partial<Record<TextKey, TextKey>> = { 'shortcut.takeAway': 'palette.words.takeAway' };

/** Everything that can be done by a key or a menu; what is about the editor shows the editor first. */
export function paletteActions(app: AppController): PaletteAction[] {
  const { t } = app.settings;
  const run = (entry: Shortcut) => (): void => {
    if (!entry.everywhere) app.page = 'editor';
    entry.run(app, app.song, false, '');
  };
  const byKey = shortcuts
    .filter((entry, i) => shortcuts.findIndex(({ text }) => text === entry.text) === i)
    .filter(({ text }) => text !== 'shortcut.palette')
    .map((entry) => {
      const also = wordsOf[entry.text];
      return {
        id: entry.text,
        words: t(entry.text),
        ...(also && { also: t(also) }),
        keys: shownKeys(entry, app.preferences.keys),
        run: run(entry),
      };
    });
  return [
    ...byKey,
    ...others.map(({ text, also, run }) => ({
      ...{ id: text, words: t(text), keys: '', run: () => run(app) },
      ...(also && { also: t(also) }),
    })),
  ];
}
