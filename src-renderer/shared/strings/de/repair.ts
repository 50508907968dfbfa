import type { repair as english } from '../en/repair.js';

/** Texts of repairs, in German. */
export const repair: Readonly<Record<keyof typeof english, string>> = {
  'verbs.debleed': 'Übersprechen entfernen',
  'verbs.debleed.help': 'Verschiebt, was ein anderer Stem dominiert, in diesen Stem',
  'verbs.bleed': 'Übersprechen, Stärke',
  'verbs.bleed.help':
    '0 %: nur wo ein anderer Stem mindestens 30 dB lauter ist; 100 %: überall, wo ein anderer lauter ist',
  'verbs.nothing': 'Hier gibt es nichts zu tun',
  'step.edit.debleed': 'Übersprechen in {name} entfernen',
  'shortcut.debleed': 'Übersprechen in der Auswahl entfernen',
};
