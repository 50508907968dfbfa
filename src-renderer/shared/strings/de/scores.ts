import type { scores as english } from '../en/scores.js';

export const scores: Readonly<Record<keyof typeof english, string>> = {
  'score.own': 'Ihre Stems',
  'score.include': 'Meine Stems, wie sie im Editor sind',
  'score.about':
    'Mit wahren Stems werden auch sie bewertet, samt allen Änderungen. Ist kein Modell angekreuzt, wird nichts getrennt.',
  'score.none': 'Zuerst den Song trennen.',
  'score.figure': 'Maß',
  'score.table': 'Ihre Stems im Vergleich mit den wahren',
  'score.stem': 'Stem',
  'score.allBut': 'alles außer {name}',
  'score.shaky': 'Schlecht bestimmt: Der wahre Stem hat keine hohen Frequenzen',
  'score.band':
    'Der wahre Stem {stem} hat oberhalb von {limit} kHz nichts: ISR, SIR und SAR sind dort schlecht bestimmt und beruhen auf einem Rauschboden von 16-Bit-Rundung.',
};
