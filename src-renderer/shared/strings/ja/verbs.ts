import type { verbs as english } from '../en/verbs.js';

/** Texts of what is done with a selection, in Japanese. */
export const verbs: Readonly<Record<keyof typeof english, string>> = {
  'verbs.bar': '{name}の選択範囲',
  'verbs.menu': '選択範囲の操作',
  'verbs.move': '{name}へ移動',
  'verbs.copy': '{name}へコピー',
  'verbs.attenuate': '{dB} dB 下げる',
  'verbs.attenuation': '下げる量（dB）',
  'verbs.takeAway': '取り除く',
  'verbs.listen': '選択範囲だけを聴く',
  'verbs.loop': 'ループ再生',
  'verbs.separate': 'この部分を分離し直す',
  'verbs.export': '選択範囲を書き出す…',
  'verbs.more': 'その他の操作',
  'verbs.all': 'すべて選択',
  'verbs.panel': 'サイドパネルですべての項目を表示',
  'edits.allStems': 'すべてのステム',
  'step.edit.quieter': '{name}の一部を下げる',
  'shortcut.again': '直前の操作を選択範囲に適用',
  'shortcut.moveTo': '選択範囲を別のステムへ移動',
  'shortcut.takeAway': '選択範囲を取り除く',
  'shortcut.attenuate': '選択範囲を下げる',
  'shortcut.listen': '選択範囲だけを聴く',
  'shortcut.separateHere': '選択した時間を分離し直す',
  'shortcut.exportSelection': '選択範囲を書き出す',
  'shortcut.selAll': 'すべて選択',
};
