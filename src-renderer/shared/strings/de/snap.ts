import type { snap as english } from '../en/snap.js';

/** Texts of what the edges of selections snap to, in German. */
export const snap: Readonly<Record<keyof typeof english, string>> = {
  'snap.title': 'Auswahl einrasten',
  'snap.on': 'Kanten einrasten',
  'snap.to': 'Einrasten an',
  'snap.onset': 'Transienten',
  'snap.beat': 'Schläge',
  'snap.zero': 'Nulldurchgänge',
  'snap.marker': 'Marker',
  'snap.edge': 'Kanten von Bearbeitungen, Loops, Regionen und Song',
  'snap.playhead': 'Abspielposition',
  'snap.hint.onset': 'Transiente',
  'snap.hint.beat': 'Schlag',
  'snap.hint.zero': 'Nulldurchgang',
  'snap.hint.marker': 'Marker',
  'snap.hint.edge': 'Kante',
  'snap.hint.playhead': 'Abspielposition',
  'snap.now': 'Diese Auswahl einrasten',
  'snap.help':
    'Mit gedrückter Strg-Taste lässt sich eine Kante frei ziehen. Ist sonst nichts in der Nähe, gilt der nächste Nulldurchgang.',
  'shortcut.snap': 'Kanten der Auswahl einrasten oder nicht',
  'shortcut.snapNow': 'Diese Auswahl am nächsten Ziel einrasten',
};
