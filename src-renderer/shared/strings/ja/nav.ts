import type { nav as english } from '../en/nav.js';

/** Names of the pages in Japanese. */
export const nav: Readonly<Record<keyof typeof english, string>> = {
  'nav.label': 'ページ',
  'nav.editor': 'エディタ',
  'nav.batch': 'バッチ',
  'nav.models': 'モデル',
  'nav.settings': '設定',
  'nav.diagnostics': '診断',
  'nav.lab': 'ラボ',

  'shortcut.page.editor': 'エディタ',
  'shortcut.page.batch': 'バッチ処理',
  'shortcut.page.models': 'モデル',
  'shortcut.page.settings': '設定',
  'shortcut.page.diagnostics': '診断',
  'shortcut.page.lab': 'ラボ',
};
