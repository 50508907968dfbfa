import type { selection as english } from '../en/selection.js';

/** Texts of what finds, plays and writes painted selections, in German. */
export const selection: Readonly<Record<keyof typeof english, string>> = {
  'paint.wand': 'Zauberstab',
  'paint.wand.help':
    'Einen Punkt im Spektrogramm anklicken: Die mit ihm verbundenen Bins werden gemalt, solange ihr Pegel innerhalb der Toleranz liegt, in der Auswahl oder 30 Sekunden nach beiden Seiten. Umschalt fügt hinzu, Alt zieht ab, beide zusammen bilden die Schnittmenge.',
  'find.title': 'Auswahl finden',
  'find.below': 'Toleranz',
  'find.combination': 'Kombinieren',
  'find.add': 'zum Gemalten hinzufügen',
  'find.subtract': 'vom Gemalten abziehen',
  'find.intersect': 'Schnittmenge mit dem Gemalten',
  'find.replace': 'das Gemalte ersetzen',
  'find.share': 'Anteil an der Leistung',
  'find.stem': 'Dominanter Stem',
  'find.byStem': 'Nach Stem auswählen',
  'find.byStem.help':
    'Bins, an deren Leistung der Stem mindestens diesen Anteil hat, in der Auswahl oder im ganzen Song',
  'find.busy': 'Suche läuft …',
  'find.nothing': 'Nichts gefunden.',
  'listen.title': 'Nur die Auswahl anhören',
  'listen.track': 'Zu hörende Spur',
  'listen.start': 'Auswahl anhören',
  'listen.stop': 'Anhören beenden',
  'listen.busy': 'Wird berechnet …',
  'listen.help': 'Wiederholt, was verschoben würde; A vergleicht mit dem Song, Esc beendet.',
  'listen.save': 'Auswahl als Audio …',
  'listen.export': 'Auswahl exportieren',
  'masks.title': 'Masken als Dateien …',
  'masks.help':
    'Für andere Programme: {frames} Frames × {bins} Bins einer 4096-Punkte-STFT mit Hop 1024 (Hann, zentriert), beschrieben in einer .json-Datei neben jeder Maske. Eine Maske mit anderer STFT wird umgerechnet, wenn ihre .json-Datei mit ausgewählt wird. Eine importierte Maske ersetzt das Gemalte.',
  'masks.npy': 'Auswahl als .npy exportieren',
  'masks.png': 'Auswahl als 16-Bit-PNG exportieren',
  'masks.stems': 'Masken aller Stems als .npy exportieren ({count} × {size})',
  'masks.progress': 'Fortschritt der Maskendateien',
  'masks.import': 'Maske laden (.npy, .png) …',
  'shortcut.wand': 'Zauberstab an oder aus',
};
