import type { cursorSpectrum as english } from '../en/cursorSpectrum.js';

/** Texts of the spectrum at the cursor, in Japanese. */
export const cursorSpectrum: Readonly<Record<keyof typeof english, string>> = {
  'spectrum.title': 'ポインター位置のスペクトル',
  'spectrum.show': 'ポインター位置のスペクトル',
  'spectrum.hide': 'スペクトルを隠す',
  'spectrum.peak': 'ピーク',
  'spectrum.silent': 'ここは無音',
  'shortcut.spectrum': 'ポインター位置のスペクトルを表示する・しない',
};
