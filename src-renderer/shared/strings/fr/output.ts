import type { output as english } from '../en/output.js';

/** Texts about where sound goes. */
export const output: Readonly<Record<keyof typeof english, string>> = {
  'output.title': 'Sortie audio',
  'output.system': 'Sortie par défaut du système',
  'output.ask': 'En choisir une autre…',
  'output.lost':
    '« {name} » n’est pas disponible : le son passe par la sortie par défaut du système jusqu’à son retour.',
  'output.none':
    'Le navigateur n’émet aucun son. Branchez un casque ou un haut-parleur, puis relancez la lecture. Tout le reste fonctionne.',
  'output.unsupported': 'Ce navigateur ne peut pas envoyer le son d’une page vers une autre sortie.',
  'output.unnamed':
    'Ce navigateur n’indique pas ses sorties à cette page ; le son passe par la sortie par défaut du système.',
  'meter.clipped': '{name} : écrêtage. Cliquez pour réinitialiser',
  'meter.clean': '{name} : pas d’écrêtage',
  'loudness.reading': 'Sonie du mix : court terme {shortTerm}, intégrée {integrated} LUFS',
  'loudness.help':
    'Les 3 dernières secondes, et tout depuis le début de la lecture (UIT-R BS.1770). Cliquez pour remesurer.',
  'loudness.anew': 'Remesurer',
};
