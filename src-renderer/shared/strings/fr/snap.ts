import type { snap as english } from '../en/snap.js';

/** Texts of what the edges of selections snap to, in French. */
export const snap: Readonly<Record<keyof typeof english, string>> = {
  'snap.title': 'Magnétisme des sélections',
  'snap.on': 'Aimanter les bords',
  'snap.to': 'Aimanter sur',
  'snap.onset': 'Transitoires',
  'snap.beat': 'Temps',
  'snap.zero': 'Passages par zéro',
  'snap.marker': 'Marqueurs',
  'snap.edge': 'Bords des retouches, boucles, régions et du morceau',
  'snap.playhead': 'Tête de lecture',
  'snap.hint.onset': 'transitoire',
  'snap.hint.beat': 'temps',
  'snap.hint.zero': 'passage par zéro',
  'snap.hint.marker': 'marqueur',
  'snap.hint.edge': 'bord',
  'snap.hint.playhead': 'tête de lecture',
  'snap.now': 'Aimanter cette sélection',
  'snap.help':
    'Maintenez Ctrl en faisant glisser pour placer un bord librement. Le passage par zéro est retenu quand rien d’autre n’est proche.',
  'shortcut.snap': 'Aimanter ou non les bords des sélections',
  'shortcut.snapNow': 'Aimanter cette sélection à ce qui est proche',
};
