import type { cursorSpectrum as english } from '../en/cursorSpectrum.js';

/** Texts of the spectrum at the cursor, in German. */
export const cursorSpectrum: Readonly<Record<keyof typeof english, string>> = {
  'spectrum.title': 'Spektrum am Zeiger',
  'spectrum.show': 'Spektrum am Zeiger',
  'spectrum.hide': 'Spektrum ausblenden',
  'spectrum.peak': 'Spitze',
  'spectrum.silent': 'Hier ist Stille',
  'shortcut.spectrum': 'Spektrum am Zeiger zeigen oder nicht',
};
