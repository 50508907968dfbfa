import type { stems as english } from '../en/stems.js';

/** What the stems of known models are called in Japanese. */
export const stems: Readonly<Record<keyof typeof english, string>> = {
  'stem.vocals': 'ボーカル',
  'stem.drums': 'ドラム',
  'stem.bass': 'ベース',
  'stem.guitar': 'ギター',
  'stem.piano': 'ピアノ',
  'stem.other': 'その他',
  'stem.accompaniment': '伴奏',
  'stem.harmonic': '調波音',
  'stem.percussive': '打楽器音',
  'stem.centre': '中央',
  'stem.sides': '左右',
  'stem.residual': '残差',
  'stem.rest': '残り',
  'stem.removed': '除去分',
  'stem.without': '{name}なし',
};
