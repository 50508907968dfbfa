import type { scores as english } from '../en/scores.js';

export const scores: Readonly<Record<keyof typeof english, string>> = {
  'score.own': 'Vos stems',
  'score.include': 'Mes stems, tels qu’ils sont dans l’éditeur',
  'score.about':
    'Avec de vrais stems, ils sont évalués aussi, retouches comprises. Si aucun modèle n’est coché, rien n’est séparé.',
  'score.none': 'Séparez d’abord le morceau.',
  'score.figure': 'Mesure',
  'score.table': 'Vos stems comparés aux vrais',
  'score.stem': 'Stem',
  'score.allBut': 'tout sauf {name}',
  'score.shaky': 'Mal conditionné : le vrai stem n’a pas de hautes fréquences',
  'score.band':
    'Le vrai stem {stem} n’a rien au-dessus de {limit} kHz : ISR, SIR et SAR y sont mal conditionnés et reposent sur un plancher de bruit d’arrondi à 16 bits.',
};
