import type { exportKinds as english } from '../en/export-kinds.js';

/** Texts of what can be exported, in German. */
export const exportKinds: Readonly<Record<keyof typeof english, string>> = {
  'export.stems': 'Stems für eine DAW',
  'export.stems.hint':
    'Eine Datei je Stem, wie getrennt und bearbeitet. Gain, Panorama, Stummschaltung und Automation gelten nicht, damit die Dateien zusammen den Song ergeben.',
  'export.stemsWanted': 'Zu schreibende Stems',
  'export.karaoke': 'Karaoke',
  'export.karaoke.hint': 'Alles außer dem Gesang, als eine Datei.',
  'export.acappella': 'A cappella',
  'export.acappella.hint': 'Nur der Gesang, als eine Datei.',
  'export.practice': 'Übungsmix',
  'export.practice.hint': 'Alle Stems als eine Datei, der eigene Part leiser.',
  'export.practice.stem': 'Leiser machen',
  'export.practice.dB': 'Absenken um, dB',
  'export.dj': 'DJ-Stem-Datei',
  'export.dj.hint':
    'Eine Datei mit dem Mix und seinen vier Stems, für Traktor und andere DJ-Programme. Dafür müssen es genau vier Stems sein.',
  'export.mix': 'Mix wie gehört',
  'export.mix.hint':
    'Was zu hören ist, als eine Datei: mit Gain, Panorama, Stummschaltung, Solo und Automation.',
  'export.selection.hint':
    'Was in dieser Spur ausgewählt ist, als eine Datei vom ersten bis zum letzten Sample.',
  'export.asMixed': 'Gain, Panorama und Automation des Mixers anwenden (Stumm und Solo zählen nicht)',
  'export.levels': 'Pegel in diesem Mix: {levels}',
  'export.level': '{name} {dB} dB',
  'export.level.automated': '{name} {dB} dB mit Automation',
  'export.level.silent': '{name} stumm',
  'export.drag':
    'Ziehen Sie eine Datei dorthin, wo Sie sie brauchen: in einen Ordner oder ein anderes Programm.',
  'export.zip': 'Als eine Zip-Datei herunterladen',
  'export.download': 'Herunterladen',
};
