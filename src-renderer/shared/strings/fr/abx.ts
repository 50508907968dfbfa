import type { abx as english } from '../en/abx.js';

export const abx: Readonly<Record<keyof typeof english, string>> = {
  'abx.title': 'Test ABX',
  'abx.note':
    'Entend-on une différence ? X est A ou B, tiré au sort à chaque fois. À partir de dix réponses, le résultat veut dire quelque chose.',
  'abx.begin': 'Commencer le test ABX',
  'abx.isA': 'X est A',
  'abx.isB': 'X est B',
  'abx.score': 'Réponses justes : {right} sur {all}.',
  'abx.chance': 'Au seul hasard : {percent} % (p).',
  'abx.end': 'Terminer le test ABX',
};
