/** The options of NMF, their hints and values. */
export const nmf = {
  'nmf.components': 'Components',
  'nmf.components.hint': 'More follow the song more closely, but may split one sound.',
  'nmf.iterations': 'Rounds',
  'nmf.iterations.hint': 'More fit the song better and take longer.',
  'nmf.divergence': 'Divergence',
  'nmf.divergence.hint':
    'How the error is measured. Itakura-Saito gives quiet parts the weight of loud ones.',
  'nmf.divergence.kl': 'Kullback-Leibler',
  'nmf.divergence.euclidean': 'Euclidean',
  'nmf.divergence.is': 'Itakura-Saito',
  'nmf.start': 'Start',
  'nmf.start.hint': 'NNDSVD starts from singular vectors and is always the same.',
  'nmf.start.random': 'Random',
  'nmf.start.nndsvd': 'NNDSVD',
  'nmf.seed': 'Seed',
  'nmf.seed.hint': 'The same number always gives the same stems.',
  'nmf.grouping': 'Grouping',
  'nmf.grouping.hint': 'How components are sorted into drums, bass and other.',
  'nmf.grouping.archetypes': 'each by its sound',
  'nmf.grouping.kmeans': 'clusters (k-means)',
} as const;
