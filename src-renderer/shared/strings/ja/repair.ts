import type { repair as english } from '../en/repair.js';

/** Texts of repairs, in Japanese. */
export const repair: Readonly<Record<keyof typeof english, string>> = {
  'verbs.debleed': 'かぶりを除去',
  'verbs.debleed.help': 'ほかのステムが優勢な成分を、そのステムへ移します',
  'verbs.bleed': 'かぶり除去の強さ',
  'verbs.bleed.help': '0%：ほかのステムが30 dB以上大きい箇所だけ　100%：ほかのステムのほうが大きい箇所すべて',
  'verbs.nothing': 'ここでは何も見つかりません',
  'step.edit.debleed': '{name}のかぶりを除去',
  'shortcut.debleed': '選択範囲のかぶりを除去',
};
