import { describe, expect, it } from 'vitest';
import type { Language } from '../../../src-main/common/contract/languages.js';
import { paletteActions } from '../../../src-renderer/dialogs/palette-actions.js';
import { fitting, fuzzyCost } from '../../../src-renderer/dialogs/palette-search.js';
import type { TextKey } from '../../../src-renderer/shared/strings/en/index.js';
import { textsOf } from '../../../src-renderer/shared/strings/languages.js';
import { keyWords, setKeyNames } from '../../../src-renderer/base/key-names.js';
import { asDigit } from '../../../src-renderer/state/pressed-keys.js';
import { findShortcut } from '../../../src-renderer/state/shortcuts.js';
import type { AppController } from '../../../src-renderer/state/app.svelte.js';
import { bindingOf, comboOf, overlap, pressed, shownCombo } from '../../../src-renderer/state/keys.js';

const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

describe('key combinations', () => {
  it('are what was pressed, in one order; signs do not name the Shift that makes them', () => {
    const press = (key: string, held: Partial<typeof none> = {}): string | null =>
      comboOf({ key, ...none, ...held });
    expect(press('E', { ctrlKey: true, shiftKey: true })).toBe('ctrl+shift+e');
    expect(press('k', { metaKey: true })).toBe('ctrl+k');
    expect(press('?', { shiftKey: true })).toBe('?');
    expect(press('ArrowUp', { altKey: true, shiftKey: true })).toBe('alt+shift+arrowup');
    expect(press('Shift', { shiftKey: true })).toBeNull();
    expect(press('+', { ctrlKey: true })).toBe('ctrl++');
  });

  it('are found again among presses', () => {
    const binding = bindingOf('ctrl+shift+e', false);
    expect(pressed(binding, { ...none, key: 'E', ctrlKey: true, shiftKey: true })).toBe(true);
    expect(pressed(binding, { ...none, key: 'e', ctrlKey: true })).toBe(false);
    expect(pressed(bindingOf('?', false), { ...none, key: '?', shiftKey: true })).toBe(true);
    expect(pressed(bindingOf('ctrl++', false), { ...none, key: '+', ctrlKey: true })).toBe(true);
  });

  it('leave Shift to an action that uses it', () => {
    const both = bindingOf('s', true);
    expect([false, true].map((shiftKey) => pressed(both, { ...none, key: 's', shiftKey }))).toEqual([
      true,
      true,
    ]);
    const plain = bindingOf('s', false);
    expect([false, true].map((shiftKey) => pressed(plain, { ...none, key: 's', shiftKey }))).toEqual([
      true,
      false,
    ]);
  });

  it('collide when one press could be both', () => {
    expect(overlap(bindingOf('m', true), bindingOf('shift+m', false))).toBe(true);
    expect(overlap(bindingOf('m', false), bindingOf('shift+m', false))).toBe(false);
    expect(overlap(bindingOf('m', true), bindingOf('ctrl+m', true))).toBe(false);
  });

  it('take digits by their place: with Shift they are loops, without it pages, on French keyboards too', () => {
    const english = asDigit({ ...none, key: '!', shiftKey: true }, 'Digit1')!;
    expect(findShortcut(english)?.text).toBe('shortcut.loopSlot');
    const french = asDigit({ ...none, key: '&', shiftKey: false }, 'Digit1')!;
    expect(findShortcut(french)?.text).toBe('shortcut.page.editor');
    expect(asDigit({ ...none, key: 'a', shiftKey: true }, 'KeyA')).toBeNull();
  });

  it('are shown as people write them', () => {
    expect(['ctrl+shift+e', 'alt+arrowup', ' ', 'pagedown', '?'].map(shownCombo)).toEqual([
      'Ctrl+Shift+E',
      'Alt+↑',
      'Space',
      'PageDown',
      '?',
    ]);
  });
});

describe('the palette’s search', () => {
  const actions = ['Show the whole song', 'Solo the selected track', 'Open a file'].map((words) => ({
    id: words,
    words,
    keys: '',
    run: () => undefined,
  }));

  it('wants all letters in their order, and prefers beginnings of words', () => {
    expect(fuzzyCost('xq', 'Open a file')).toBeNull();
    expect(fuzzyCost('fo', 'Open a file')).toBeNull();
    expect(fuzzyCost('of', 'Open a file')).not.toBeNull();
    expect(fuzzyCost('file', 'Open a file')!).toBeLessThan(fuzzyCost('pnfl', 'Open a file')!);
    expect(fuzzyCost('(', 'Open (a)')).not.toBeNull();
  });

  it('gives the best first, and all while nothing is typed', () => {
    expect(fitting(actions, 'so').map(({ id }) => id)[0]).toBe('Solo the selected track');
    expect(fitting(actions, ' ')).toEqual(actions);
    expect(fitting(actions, 'zz')).toEqual([]);
  });
});

describe('the palette', () => {
  const best = (language: Language, typed: string): string[] => {
    const t = (key: TextKey): string => textsOf[language][key];
    const app = { settings: { t }, preferences: { keys: {} } } as unknown as AppController;
    return fitting(paletteActions(app), typed)
      .slice(0, 2)
      .map(({ id }) => id);
  };

  it.each([
    ['en', 'delete'],
    ['de', 'löschen'],
    ['fr', 'supprimer'],
    ['ja', '削除'],
  ] as const)('takes “delete” for taking away first (%s)', (language, typed) => {
    expect(best(language, typed)[0]).toBe('shortcut.takeAway');
  });

  it.each([
    ['en', ['karaoke', 'mute vocals', 'separate', 'export mp3', 'language', 'instrumental', 'batch']],
    ['de', ['karaoke', 'gesang stumm', 'trennen', 'mp3', 'sprache', 'instrumental', 'stapel']],
    ['fr', ['karaoké', 'couper la voix', 'séparer', 'exporter mp3', 'langue', 'instrumental', 'lot']],
    ['ja', ['カラオケ', 'ボーカルをミュート', '曲をステム', 'mp3', '言語', '伴奏', '一括']],
  ] as const)('finds jobs by people’s words (%s)', (language, typed) => {
    const jobs = ['karaoke', 'muteVocals', 'separate', 'export', 'language', 'karaoke', 'batch'];
    for (const [i, words] of typed.entries()) {
      const wanted = jobs[i] === 'language' ? 'palette.language' : `palette.do.${jobs[i]}`;
      expect([words, best(language, words).includes(wanted)]).toEqual([words, true]);
    }
  });
});

describe('the names of keys', () => {
  const shown = ['Ctrl+Shift+E', 'Alt++', 'Shift+Space', 'Alt+PageUp', 'Ctrl+↑', 'F2', 'Shift+1 … 9'];
  const namesIn = (language: Language, isMac = false): string[] => {
    setKeyNames((key) => textsOf[language][`key.${key}`], isMac);
    try {
      return shown.map(keyWords);
    } finally {
      setKeyNames((key) => key, false);
    }
  };

  it('are those on the keyboards of the language', () => {
    expect(namesIn('en')).toEqual(shown);
    expect(namesIn('de')).toEqual([
      ...['Strg+Umschalt+E', 'Alt++', 'Umschalt+Leertaste', 'Alt+Bild auf', 'Strg+↑', 'F2'],
      'Umschalt+1 … 9',
    ]);
    expect(namesIn('fr').slice(0, 3)).toEqual(['Ctrl+Maj+E', 'Alt++', 'Maj+Espace']);
  });

  it('are signs on a Mac, in the order of its menus', () => {
    expect(namesIn('en', true)).toEqual(['⇧⌘E', '⌥+', '⇧Space', '⌥PageUp', '⌘↑', 'F2', '⇧1 … 9']);
  });
});
