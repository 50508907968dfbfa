import type { repair as english } from '../en/repair.js';

/** Texts of repairs, in French. */
export const repair: Readonly<Record<keyof typeof english, string>> = {
  'verbs.debleed': 'Réduire la repisse',
  'verbs.debleed.help': 'Déplace ce qu’un autre stem domine vers ce stem',
  'verbs.bleed': 'Repisse, intensité',
  'verbs.bleed.help':
    '0 % : seulement là où un autre stem est plus fort d’au moins 30 dB ; 100 % : partout où un autre est plus fort',
  'verbs.nothing': 'Rien à faire ici',
  'step.edit.debleed': 'Réduire la repisse dans {name}',
  'shortcut.debleed': 'Réduire la repisse dans la sélection',
};
