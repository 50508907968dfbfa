import type { history as english } from '../en/history.js';

/** Texts of the list of steps, in German. */
export const history: Readonly<Record<keyof typeof english, string>> = {
  'history.title': 'Verlauf: alle Schritte',
  'history.start': 'Vor dem ersten Schritt',
  'history.undone': '{step} (rückgängig gemacht)',
  'history.status': 'Schritt {at} von {count}',
  'history.earlier': '{count} frühere Schritte zeigen',
  'history.more': '{step}, und {count} weitere',
  'history.move': '{seconds} s von {from} nach {to} verschoben',
  'history.copy': '{seconds} s von {from} nach {to} kopiert',
  'history.attenuate': '{seconds} s aus {from} entfernt',
  'history.quieter': '{seconds} s von {from} abgesenkt',
  'history.debleed': 'Übersprechen in {seconds} s von {from} entfernt',
  'history.heal': '{seconds} s von {from} repariert',
  'history.clone': '{seconds} s in {from} geklont',
  'shortcut.history': 'Liste aller Schritte',
};
