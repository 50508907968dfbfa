import type { selection as english } from '../en/selection.js';

/** Texts of what finds, plays and writes painted selections, in French. */
export const selection: Readonly<Record<keyof typeof english, string>> = {
  'paint.wand': 'Baguette magique',
  'paint.wand.help':
    'Cliquez sur un point d’un spectrogramme : les bins qui lui sont reliés sont peints tant que leur niveau reste dans la tolérance, dans la sélection ou à 30 secondes de part et d’autre. Maj ajoute, Alt soustrait, les deux gardent l’intersection.',
  'find.title': 'Rechercher une sélection',
  'find.below': 'Tolérance',
  'find.combination': 'Combiner',
  'find.add': 'ajouter à la zone peinte',
  'find.subtract': 'soustraire de la zone peinte',
  'find.intersect': 'intersection avec la zone peinte',
  'find.replace': 'remplacer la zone peinte',
  'find.share': 'Part de la puissance',
  'find.stem': 'Stem dominant',
  'find.byStem': 'Sélectionner par stem',
  'find.byStem.help':
    'Bins où le stem représente au moins cette part de la puissance, dans la sélection ou dans tout le morceau',
  'find.busy': 'Recherche…',
  'find.nothing': 'Aucun résultat.',
  'listen.title': 'Écouter la sélection seule',
  'listen.track': 'Piste à écouter',
  'listen.start': 'Écouter la sélection',
  'listen.stop': 'Arrêter l’écoute',
  'listen.busy': 'Calcul du rendu…',
  'listen.help': 'Lit en boucle ce que la retouche déplacerait ; A compare avec le morceau, Échap arrête.',
  'listen.save': 'Sélection en audio…',
  'listen.export': 'Exporter la sélection',
  'masks.title': 'Masques en fichiers…',
  'masks.help':
    'Pour d’autres logiciels : {frames} trames × {bins} bins d’une STFT de 4096 points avec un pas de 1024 (Hann, centrée), décrite dans un fichier .json à côté de chaque masque. Un masque d’une autre STFT est converti si vous choisissez aussi son fichier .json. Un masque importé remplace la zone peinte.',
  'masks.npy': 'Exporter la sélection en .npy',
  'masks.png': 'Exporter la sélection en PNG 16 bits',
  'masks.stems': 'Exporter les masques de tous les stems en .npy ({count} × {size})',
  'masks.progress': 'Progression des fichiers de masques',
  'masks.import': 'Charger (.npy, .png)…',
  'shortcut.wand': 'Activer ou désactiver la baguette magique',
};
