/** Texts of the spectrum at the cursor. */
export const cursorSpectrum = {
  'spectrum.title': 'Spectrum at the pointer',
  'spectrum.show': 'Spectrum at the pointer',
  'spectrum.hide': 'Hide the spectrum',
  'spectrum.peak': 'Peak',
  'spectrum.silent': 'Silent here',
  'shortcut.spectrum': 'Spectrum at the pointer or not',
} as const;
