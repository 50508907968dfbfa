import type { tour as english } from '../en/tour.js';

/** Texts of the tour at the first start. */
export const tour: Readonly<Record<keyof typeof english, string>> = {
  'tour.label': 'Visite guidée',
  'tour.step': 'Étape {step} sur 3',
  'tour.open.title': 'Ouvrir un morceau',
  'tour.open': 'Déposez un fichier dans la fenêtre, ou commencez par le morceau de démonstration.',
  'tour.separate.title': 'Le séparer',
  'tour.separate':
    'Cliquez sur « Séparer ». Les pistes apparaissent sous le morceau, et leur somme le redonne toujours exactement.',
  'tour.change.title': 'Écouter et modifier',
  'tour.change':
    'Coupez des pistes ou isolez-les. Sélectionnez une partie en glissant, déplacez-la vers une autre piste, puis exportez. L’indicateur de différence montre que rien n’est perdu.',
  'tour.next': 'Suivant',
  'tour.leave': 'Passer la visite',
  'tour.done': 'Terminé',
  'tour.again': 'Afficher la visite guidée',
};
