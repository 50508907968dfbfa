import type { nmf as english } from '../en/nmf.js';

export const nmf: Readonly<Record<keyof typeof english, string>> = {
  'nmf.components': 'Composantes',
  'nmf.components.hint': 'Plus il y en a, plus elles suivent le morceau, mais un même son peut être morcelé.',
  'nmf.iterations': 'Itérations',
  'nmf.iterations.hint': 'Plus il y en a, plus le résultat suit le morceau et plus le calcul est long.',
  'nmf.divergence': 'Divergence',
  'nmf.divergence.hint':
    'Mesure de l’erreur. Avec Itakura-Saito, les passages faibles comptent autant que les forts.',
  'nmf.divergence.kl': 'Kullback-Leibler',
  'nmf.divergence.euclidean': 'Euclidienne',
  'nmf.divergence.is': 'Itakura-Saito',
  'nmf.start': 'Départ',
  'nmf.start.hint': 'NNDSVD part des vecteurs singuliers et donne toujours le même résultat.',
  'nmf.start.random': 'Aléatoire',
  'nmf.start.nndsvd': 'NNDSVD',
  'nmf.seed': 'Graine aléatoire',
  'nmf.seed.hint': 'Le même nombre donne toujours les mêmes pistes.',
  'nmf.grouping': 'Regroupement',
  'nmf.grouping.hint': 'Répartition des composantes entre batterie, basse et autres.',
  'nmf.grouping.archetypes': 'chacune selon son timbre',
  'nmf.grouping.kmeans': 'par groupes (k-means)',
  'factors.show': 'Spectres et gains (W et H)…',
  'factors.title': 'Ce que la NMF a trouvé : W et H',
  'factors.note':
    'Chaque composante est un spectre multiplié par un gain qui varie au cours du temps. V ≈ W·H ; chaque courbe est relative à son maximum.',
  'factors.piece':
    'Partie {piece} sur {pieces}, de {from} à {to}. Chaque partie d’un long morceau a ses propres composantes : déplacez la tête de lecture pour voir celles d’une autre.',
  'factors.component': 'Composante',
  'factors.spectrum': 'Spectre (W), de {from} à {to}',
  'factors.gains': 'Gain (H), de {from} à {to}',
  'factors.working': 'Factorisation…',
  'factors.spectrumOf': '{name} : spectre (W)',
  'factors.gainsOf': '{name} : gain (H)',
};
