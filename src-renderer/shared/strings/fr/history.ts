import type { history as english } from '../en/history.js';

/** Texts of the list of steps, in French. */
export const history: Readonly<Record<keyof typeof english, string>> = {
  'history.title': 'Historique : toutes les étapes',
  'history.start': 'Avant la première étape',
  'history.undone': '{step} (annulé)',
  'history.status': 'Étape {at} sur {count}',
  'history.earlier': 'Afficher {count} étapes plus anciennes',
  'history.more': '{step}, et {count} de plus',
  'history.move': '{seconds} s déplacées de {from} vers {to}',
  'history.copy': '{seconds} s copiées de {from} vers {to}',
  'history.attenuate': '{seconds} s retirées de {from}',
  'history.quieter': '{seconds} s de {from} atténuées',
  'history.debleed': 'Repisse réduite sur {seconds} s de {from}',
  'history.heal': '{seconds} s de {from} réparées',
  'history.clone': '{seconds} s clonées dans {from}',
  'shortcut.history': 'Liste de toutes les étapes',
};
