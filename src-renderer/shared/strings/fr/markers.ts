import type { markers as english } from '../en/markers.js';

/** Texts of markers, kept loops and what follows the playhead, in French. */
export const markers: Readonly<Record<keyof typeof english, string>> = {
  'marker.title': 'Marqueurs',
  'marker.menu': 'Marqueurs et boucles',
  'marker.of': 'Marqueur {name} à {time} (F2 : renommer, Suppr : supprimer)',
  'marker.name': 'Nom du marqueur {name}',
  'marker.rename': 'Renommer le marqueur {name}',
  'marker.remove': 'Supprimer le marqueur {name}',
  'loop.title': 'Boucles mémorisées',
  'loop.keep': 'Mémoriser la sélection comme boucle',
  'loop.keepIn': 'Mémoriser la sélection comme boucle {slot}',
  'loop.remove': 'Supprimer la boucle {slot}',
  'transport.follow': 'Suivre la tête de lecture',
  'step.marker.add': 'Ajouter un marqueur',
  'step.marker.rename': 'Renommer un marqueur',
  'step.marker.move': 'Déplacer un marqueur',
  'step.marker.remove': 'Supprimer un marqueur',
  'step.loop.keep': 'Mémoriser une boucle',
  'step.loop.forget': 'Supprimer une boucle mémorisée',
  'shortcut.marker': 'Ajouter un marqueur à la tête de lecture',
  'shortcut.markerBack': 'Aller au marqueur précédent',
  'shortcut.markerForward': 'Aller au marqueur suivant',
  'shortcut.loopSlot': 'Lire une boucle mémorisée ; un emplacement vide mémorise la sélection',
  'shortcut.focus': 'Agrandir ou non la piste sélectionnée',
  'shortcut.follow': 'Suivre ou non la tête de lecture',
};
