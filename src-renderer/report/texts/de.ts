import { abx } from '../../shared/strings/de/abx.js';
import { scores } from '../../shared/strings/de/scores.js';
import { warnings } from '../../shared/strings/de/warnings.js';
import type { ReportTexts } from './en.js';

/** Texts of a report in German. */
export const de: ReportTexts = {
  ...abx,
  ...scores,
  ...warnings,
  title: '{name} – Vergleich',
  'lead.systems': '{count} Systeme auf {seconds} s ab {start}, {rate} Hz, Kanäle: {channels}.',
  'lead.truth': 'Wahre Stems: {names}.',
  'lead.noTruth': 'Ohne wahre Stems gibt es keine Bewertungen.',
  language: 'Sprache',
  play: 'Abspielen',
  pause: 'Pause',
  position: 'Position, Sekunden',
  reading: 'wird gelesen …',
  stem: 'Stem',
  keys: 'Die Leertaste spielt ab; 1 bis 9 und die Pfeile nach oben und unten wählen, wer zu hören ist, an derselben Stelle des Songs.',
  pictures:
    'Bilder: {low} Hz bis {high} kHz in gleichen Tonschritten, bis {span} dB unter der lautesten Stelle des Mix.',
  notes: 'Hinweise',
  foot: 'Unbraid {version}. Die Bewertungen gelten nur für diesen Ausschnitt.',
  unplayable:
    'Dieser Browser kann die Klänge nicht abspielen ({why}). Bericht mit -f mp3 oder -f wav erstellen.',
  hear: '{name} anhören',
  mixture: 'Mix',
  true: 'wahrer Stem',
  'chart.of': '{figure}: {stem}',
  'chart.bars': '{title} nach System; die Zahlen stehen in der Tabelle',
  'chart.speed': '{title} gegen Tempo',
  'chart.dots': '{title} gegen Tempo nach System; die Zahlen stehen in der Tabelle',

  'abx.keys': 'A, B und X spielen ab; 1 heißt X ist A, 2 heißt X ist B.',

  'column.system': 'System',
  'column.speed': 'Tempo',
  'column.memory': 'Speicher',
  'column.null': 'Nulltest',
  'unit.realtime': '× Echtzeit',
  'unit.of100': 'von 100',
  'about.usdr': 'Wahrer Stem gegen Fehler, über den ganzen Ausschnitt.',
  'about.sdr': 'BSSEval v4: Median über Sekunden, wahrer Stem gegen alle Fehler.',
  'about.isr': 'BSSEval v4: nur Filterung und falsche Pegel.',
  'about.sir': 'BSSEval v4: nur Klang der anderen Stems.',
  'about.sar': 'BSSEval v4: nur Artefakte.',
  'about.siSdr': 'Wie uSDR, gleich bei welchem Pegel.',
  'about.bleedless': 'Sinkt mit dem, was im Spektrogramm zu viel ist.',
  'about.fullness': 'Sinkt mit dem, was im Spektrogramm fehlt.',
  'about.l1Freq': 'Sinkt mit dem mittleren Unterschied der Beträge.',
  'about.logWmse': 'Fehler, gewichtet wie das Gehör; 73,7 ist fehlerfrei.',
  'about.speed': 'Sekunden Klang in einer Sekunde Arbeit, das Laden eingerechnet.',
  'about.memory': 'Größter Speicher aller Inferenzprozesse zusammen.',
  'about.null': 'Was der Summe aller Stems zur Quelle fehlt.',
};
