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
  'verbs.healTime': 'Réparer d’après l’avant et l’après',
  'verbs.healTime.help':
    'Remplit la sélection avec ce qui la précède et la suit ; ce qui s’y trouvait est retiré',
  'verbs.healBand': 'Réparer d’après le dessous et le dessus',
  'verbs.healBand.help':
    'Remplit la sélection avec ce qui se trouve au-dessous et au-dessus en fréquence ; ce qui s’y trouvait est retiré',
  'edits.heal': '{from} réparé',
  'edits.clone': 'cloné dans {from}',
  'step.edit.heal': 'Réparer {name}',
  'step.edit.clone': 'Cloner dans {name}',
  'shortcut.healTime': 'Réparer la sélection d’après l’avant et l’après',
  'shortcut.healBand': 'Réparer la sélection d’après le dessous et le dessus',
  'verbs.clone': 'Cloner à la tête de lecture',
  'verbs.clone.help':
    'Copie la sélection avec ses harmoniques à l’instant de la tête de lecture ; ce qui s’y trouvait est retiré',
  'verbs.overtones': 'Clonage : harmoniques, avec la fondamentale',
  'shortcut.clone': 'Cloner la sélection au pointeur ou à la tête de lecture',
  'verbs.similar': 'Trouver les semblables',
  'verbs.similar.help': 'Cherche la même frappe ou la même note ailleurs dans cette piste',
  'shortcut.similar': 'Trouver ce qui ressemble à la sélection',
  'similar.title': 'Passages semblables',
  'similar.close': 'Fermer la liste',
  'similar.least': 'Ressemblance, au moins',
  'similar.again': 'Chercher à nouveau',
  'similar.count': 'Trouvés : {count}',
  'similar.list': 'Passages semblables à la sélection',
  'similar.take': 'Inclure {time}',
  'similar.go': 'Sélectionner {time}',
  'similar.listen': 'Écouter {time} seul',
  'similar.apply': '{verb} : appliquer à {count}',
  'similar.applyNone': 'Modifiez d’abord la sélection, puis appliquez à tous',
};
