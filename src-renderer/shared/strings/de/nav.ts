import type { nav as english } from '../en/nav.js';

/** Names of the pages in German. */
export const nav: Readonly<Record<keyof typeof english, string>> = {
  'nav.label': 'Seiten',
  'nav.editor': 'Editor',
  'nav.batch': 'Stapel',
  'nav.models': 'Modelle',
  'nav.settings': 'Einstellungen',
  'nav.diagnostics': 'Diagnose',
  'nav.lab': 'Labor',

  'shortcut.page.editor': 'Editor',
  'shortcut.page.batch': 'Stapel',
  'shortcut.page.models': 'Modelle',
  'shortcut.page.settings': 'Einstellungen',
  'shortcut.page.diagnostics': 'Diagnose',
  'shortcut.page.lab': 'Labor',
};
