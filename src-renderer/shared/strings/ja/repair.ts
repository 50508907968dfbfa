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
  'verbs.healTime': '前後の音で修復',
  'verbs.healTime.help': '選択範囲をその前後の音で埋め、元の音は取り除きます',
  'verbs.healBand': '上下の帯域で修復',
  'verbs.healBand.help': '選択範囲を周波数の上下にある音で埋め、元の音は取り除きます',
  'edits.heal': '{from}を修復',
  'edits.clone': '{from}内で複製',
  'step.edit.heal': '{name}を修復',
  'step.edit.clone': '{name}内で複製',
  'shortcut.healTime': '選択範囲を前後の音で修復',
  'shortcut.healBand': '選択範囲を上下の帯域で修復',
  'verbs.clone': '再生ヘッドの位置へ複製',
  'verbs.clone.help': '選択範囲を倍音ごと再生ヘッドの位置へコピーし、そこにあった音は取り除きます',
  'verbs.overtones': '複製する倍音の数（基音を含む）',
  'shortcut.clone': '選択範囲を再生ヘッドの位置へ複製',
};
