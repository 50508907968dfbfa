import type { selection as english } from '../en/selection.js';

/** Texts of what finds, plays and writes painted selections, in German. */
export const selection: Readonly<Record<keyof typeof english, string>> = {
  'paint.wand': 'Zauberstab',
  'paint.wand.help':
    'Eine Stelle im Spektrogramm anklicken: Die Bins, die mit ihr zusammenhängen, werden gemalt, so weit der Pegel reicht, in der Auswahl oder 30 Sekunden nach beiden Seiten. Umschalt fügt hinzu, Alt nimmt weg, beide behalten das Gemeinsame.',
  'find.title': 'Auswahl finden',
  'find.below': 'Pegel unter der Stelle, dB',
  'find.combination': 'Gefundenes',
  'find.add': 'kommt hinzu',
  'find.subtract': 'wird weggenommen',
  'find.intersect': 'begrenzt das Gemalte',
  'find.replace': 'ersetzt das Gemalte',
  'find.share': 'Anteil an der Leistung',
  'find.stem': 'Stem, der überwiegt',
  'find.byStem': 'Nach Stem auswählen',
  'find.byStem.help':
    'Bins, an deren Leistung der Stem diesen Anteil hat, in der Auswahl oder im ganzen Stück',
  'find.busy': 'Sucht…',
  'find.nothing': 'Nichts gefunden.',
  'listen.title': 'Die Auswahl allein',
  'listen.track': 'Zu hörende Spur',
  'listen.start': 'Auswahl anhören',
  'listen.stop': 'Anhören beenden',
  'listen.busy': 'Wird berechnet…',
  'listen.help': 'Spielt immer wieder, was bewegt würde; A vergleicht mit dem Stück, Esc beendet.',
  'listen.save': 'Auswahl als Audio…',
  'listen.export': 'Auswahl exportieren',
  'masks.title': 'Masken als Dateien…',
  'masks.help':
    'Für andere Programme: {frames} Frames × {bins} Bins einer STFT von 4096 mit Schrittweite 1024 (Hann, zentriert), beschrieben in einer .json-Datei neben jeder Maske. Eine mit anderer STFT wird auf diese gebracht, wenn ihre .json-Datei mit gewählt wird. Importiertes ersetzt Gemaltes.',
  'masks.npy': 'Auswahl als .npy exportieren',
  'masks.png': 'Auswahl als 16-Bit-PNG exportieren',
  'masks.stems': 'Masken aller Stems als .npy exportieren ({count} × {size})',
  'masks.progress': 'Fortschritt der Maskendateien',
  'masks.import': 'Maske importieren (.npy, .png)…',
  'shortcut.wand': 'Zauberstab an oder aus',
};
