import type { shownEdits as english } from '../en/shownEdits.js';

/** Texts of the edits that are seen on the picture, in French. */
export const shownEdits: Readonly<Record<keyof typeof english, string>> = {
  'shown.edit': 'Retouche {number} : {words}',
  'shown.all': 'Afficher les retouches',
  'shown.choose': 'Montrer la retouche {number} sur l’image',
  'shown.listen': 'Écouter ce que couvre la retouche {number}',
  'shown.leave': 'Ne choisir aucune retouche',
  'shortcut.showEdits': 'Afficher ou non les retouches sur l’image (Alt-clic en choisit une)',
  'shortcut.editBefore': 'Choisir la retouche précédente',
  'shortcut.editAfter': 'Choisir la retouche suivante',
};
