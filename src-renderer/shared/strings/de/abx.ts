import type { abx as english } from '../en/abx.js';

export const abx: Readonly<Record<keyof typeof english, string>> = {
  'abx.title': 'ABX-Test',
  'abx.note':
    'Ist ein Unterschied zu hören? X ist A oder B und wird jedes Mal neu ausgelost. Ab zehn Antworten sagt das Ergebnis etwas aus.',
  'abx.begin': 'ABX-Test beginnen',
  'abx.isA': 'X ist A',
  'abx.isB': 'X ist B',
  'abx.score': '{right} von {all} richtig.',
  'abx.chance': 'Wahrscheinlichkeit, das nur zu erraten: {percent} % (p-Wert).',
  'abx.end': 'ABX-Test beenden',
};
