import type { shownEdits as english } from '../en/shownEdits.js';

/** Texts of the edits that are seen on the picture, in Japanese. */
export const shownEdits: Readonly<Record<keyof typeof english, string>> = {
  'shown.edit': '編集 {number}：{words}',
  'shown.all': '編集を表示',
  'shown.choose': '編集 {number} を画面に表示',
  'shown.listen': '編集 {number} の範囲だけを聴く',
  'shown.leave': '編集の選択を解除',
  'shortcut.showEdits': '編集を画面に表示する・しない（Alt+クリックで選択）',
  'shortcut.editBefore': '前の編集を選択',
  'shortcut.editAfter': '次の編集を選択',
};
