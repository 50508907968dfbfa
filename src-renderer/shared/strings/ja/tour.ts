import type { tour as english } from '../en/tour.js';

/** Texts of the tour at the first start. */
export const tour: Readonly<Record<keyof typeof english, string>> = {
  'tour.label': 'ツアー',
  'tour.step': 'ステップ {step} / 3',
  'tour.open.title': '曲を開く',
  'tour.open': 'ウィンドウにファイルをドロップするか、デモ曲から始めてください。',
  'tour.separate.title': '分離する',
  'tour.separate': '「分離」を押すと、曲の下にステムが並びます。合計は必ず元の曲に一致します。',
  'tour.change.title': '聴いて、直す',
  'tour.change':
    'ステムをミュートまたはソロにできます。ドラッグで範囲を選び、別のステムへ移して、書き出してください。何も失われていないことはヌルメーターで確認できます。',
  'tour.next': '次へ',
  'tour.leave': 'ツアーをスキップ',
  'tour.done': '完了',
  'tour.again': 'ツアーを表示',
};
