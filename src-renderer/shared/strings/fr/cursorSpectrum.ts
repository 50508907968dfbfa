import type { cursorSpectrum as english } from '../en/cursorSpectrum.js';

/** Texts of the spectrum at the cursor, in French. */
export const cursorSpectrum: Readonly<Record<keyof typeof english, string>> = {
  'spectrum.title': 'Spectre au pointeur',
  'spectrum.show': 'Spectre au pointeur',
  'spectrum.hide': 'Masquer le spectre',
  'spectrum.peak': 'Pic',
  'spectrum.silent': 'Silence ici',
  'shortcut.spectrum': 'Afficher ou non le spectre au pointeur',
};
