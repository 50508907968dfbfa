import type { nav as english } from '../en/nav.js';

/** Names of the pages in French. */
export const nav: Readonly<Record<keyof typeof english, string>> = {
  'nav.label': 'Pages',
  'nav.editor': 'Éditeur',
  'nav.batch': 'Lots',
  'nav.models': 'Modèles',
  'nav.settings': 'Réglages',
  'nav.diagnostics': 'Diagnostic',
  'nav.lab': 'Labo',

  'shortcut.page.editor': 'Éditeur',
  'shortcut.page.batch': 'Traitement par lots',
  'shortcut.page.models': 'Modèles',
  'shortcut.page.settings': 'Réglages',
  'shortcut.page.diagnostics': 'Diagnostic',
  'shortcut.page.lab': 'Labo',
};
