import type { snap as english } from '../en/snap.js';

/** Texts of what the edges of selections snap to, in Japanese. */
export const snap: Readonly<Record<keyof typeof english, string>> = {
  'snap.title': '選択範囲のスナップ',
  'snap.on': '端をスナップする',
  'snap.to': 'スナップ先',
  'snap.onset': 'トランジェント',
  'snap.beat': '拍',
  'snap.zero': 'ゼロクロス',
  'snap.marker': 'マーカー',
  'snap.edge': '編集・ループ・リージョン・曲の端',
  'snap.playhead': '再生ヘッド',
  'snap.hint.onset': 'トランジェント',
  'snap.hint.beat': '拍',
  'snap.hint.zero': 'ゼロクロス',
  'snap.hint.marker': 'マーカー',
  'snap.hint.edge': '端',
  'snap.hint.playhead': '再生ヘッド',
  'snap.now': 'この選択範囲をスナップ',
  'snap.help':
    'Ctrl を押しながらドラッグすると自由に置けます。近くに他のものがなければゼロクロスに合わせます。',
  'shortcut.snap': '選択範囲の端をスナップする・しない',
  'shortcut.snapNow': 'この選択範囲を近くのものにスナップ',
};
