import { abx } from '../../shared/strings/en/abx.js';
import { scores } from '../../shared/strings/en/scores.js';
import { warnings } from '../../shared/strings/en/warnings.js';

/** Texts of a report. */
export const en = {
  ...abx,
  ...scores,
  ...warnings,
  title: '{name} – comparison',
  'lead.systems': '{count} systems on {seconds} s from {start}, {rate} Hz, channels: {channels}.',
  'lead.truth': 'True stems: {names}.',
  'lead.noTruth': 'Without true stems there are no scores.',
  language: 'Language',
  play: 'Play',
  pause: 'Pause',
  position: 'Position, seconds',
  reading: 'reading …',
  stem: 'Stem',
  keys: 'Space plays; 1 to 9 and the arrows up and down choose who is heard, at the same moment of the song.',
  pictures:
    'Pictures: {low} Hz to {high} kHz in equal steps of pitch, {span} dB below the loudest of the mixture.',
  notes: 'Notes',
  foot: 'Unbraid {version}. Scores are of this clip alone.',
  unplayable: 'This browser cannot play the sounds ({why}); make the report with -f mp3 or -f wav.',
  hear: 'Hear {name}',
  mixture: 'mixture',
  true: 'true stem',
  'chart.of': '{figure} of {stem}',
  'chart.bars': '{title} by system; the table has the figures',
  'chart.speed': '{title} against speed',
  'chart.dots': '{title} against speed by system; the table has the figures',

  'abx.keys': 'A, B and X play; 1 says X is A, 2 says X is B.',

  'column.system': 'System',
  'column.speed': 'Speed',
  'column.memory': 'Memory',
  'column.null': 'Null test',
  'unit.realtime': '× realtime',
  'unit.of100': 'of 100',
  'about.usdr': 'True stem against error, over the whole clip.',
  'about.sdr': 'BSSEval v4: median over seconds of the true stem against all errors.',
  'about.isr': 'BSSEval v4: filtering and wrong levels alone.',
  'about.sir': 'BSSEval v4: sound of the other stems alone.',
  'about.sar': 'BSSEval v4: artefacts alone.',
  'about.siSdr': 'As uSDR, whatever the level.',
  'about.bleedless': 'Falls with what is too much in the spectrogram.',
  'about.fullness': 'Falls with what the spectrogram lacks.',
  'about.l1Freq': 'Falls with the mean difference of magnitudes.',
  'about.logWmse': 'Error weighed as hearing does; 73.7 is without error.',
  'about.speed': 'Seconds of sound in a second of work, with the time it takes to load.',
  'about.memory': 'Most memory of all inference processes, added up.',
  'about.null': 'What the sum of all stems lacks of the source.',
} as const;

export type ReportText = keyof typeof en;
export type ReportTexts = Readonly<Record<ReportText, string>>;
