import type { verbs as english } from '../en/verbs.js';

/** Texts of what is done with a selection, in German. */
export const verbs: Readonly<Record<keyof typeof english, string>> = {
  'verbs.bar': 'Auswahl in {name}',
  'verbs.menu': 'Aktionen für die Auswahl',
  'verbs.move': 'Nach {name} verschieben',
  'verbs.copy': 'Nach {name} kopieren',
  'verbs.attenuate': 'Um {dB} dB absenken',
  'verbs.attenuation': 'Absenken um, dB',
  'verbs.takeAway': 'Entfernen',
  'verbs.listen': 'Nur die Auswahl hören',
  'verbs.loop': 'In Schleife abspielen',
  'verbs.separate': 'Diesen Teil neu trennen',
  'verbs.export': 'Auswahl exportieren …',
  'verbs.more': 'Weitere Aktionen',
  'verbs.all': 'Alles auswählen',
  'verbs.panel': 'Alle Optionen in der Seitenleiste',
  'edits.allStems': 'Alle Stems',
  'step.edit.quieter': 'Teil von {name} absenken',
  'shortcut.again': 'Letzte Aktion auf die Auswahl anwenden',
  'shortcut.moveTo': 'Auswahl in einen anderen Stem verschieben',
  'shortcut.takeAway': 'Auswahl entfernen',
  'shortcut.attenuate': 'Auswahl absenken',
  'shortcut.listen': 'Nur die Auswahl hören',
  'shortcut.separateHere': 'Ausgewählte Zeit neu trennen',
  'shortcut.exportSelection': 'Auswahl exportieren',
  'shortcut.selAll': 'Alles auswählen',
};
