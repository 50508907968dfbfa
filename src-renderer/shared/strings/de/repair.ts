import type { repair as english } from '../en/repair.js';

/** Texts of repairs, in German. */
export const repair: Readonly<Record<keyof typeof english, string>> = {
  'verbs.debleed': 'Übersprechen entfernen',
  'verbs.debleed.help': 'Verschiebt, was ein anderer Stem dominiert, in diesen Stem',
  'verbs.bleed': 'Übersprechen, Stärke',
  'verbs.bleed.help':
    '0 %: nur wo ein anderer Stem mindestens 30 dB lauter ist; 100 %: überall, wo ein anderer lauter ist',
  'verbs.nothing': 'Hier gibt es nichts zu tun',
  'step.edit.debleed': 'Übersprechen in {name} entfernen',
  'shortcut.debleed': 'Übersprechen in der Auswahl entfernen',
  'verbs.healTime': 'Aus benachbarten Zeiten reparieren',
  'verbs.healTime.help':
    'Füllt die Auswahl mit dem, was davor und danach klingt; was dort war, wird entfernt',
  'verbs.healBand': 'Aus benachbarten Frequenzen reparieren',
  'verbs.healBand.help':
    'Füllt die Auswahl mit dem, was in der Frequenz darunter und darüber liegt; was dort war, wird entfernt',
  'edits.heal': '{from} repariert',
  'edits.clone': 'in {from} geklont',
  'step.edit.heal': '{name} reparieren',
  'step.edit.clone': 'In {name} klonen',
  'shortcut.healTime': 'Auswahl aus benachbarten Zeiten reparieren',
  'shortcut.healBand': 'Auswahl aus benachbarten Frequenzen reparieren',
  'verbs.clone': 'An die Abspielposition klonen',
  'verbs.clone.help':
    'Kopiert die Auswahl mit ihren Obertönen an die Abspielposition; was dort war, wird entfernt',
  'verbs.overtones': 'Klonen: Teiltöne mit Grundton',
  'shortcut.clone': 'Auswahl an den Zeiger oder die Abspielposition klonen',
  'verbs.similar': 'Ähnliche finden',
  'verbs.similar.help': 'Sucht denselben Schlag oder Ton an anderen Stellen dieser Spur',
  'shortcut.similar': 'Ähnliches wie in der Auswahl finden',
  'similar.title': 'Ähnliche Stellen',
  'similar.close': 'Liste schließen',
  'similar.least': 'Ähnlichkeit, mindestens',
  'similar.again': 'Noch einmal suchen',
  'similar.count': 'Gefunden: {count}',
  'similar.list': 'Stellen wie die Auswahl',
  'similar.take': '{time} einbeziehen',
  'similar.go': '{time} auswählen',
  'similar.listen': 'Nur {time} hören',
  'similar.apply': '{verb}: auf {count} anwenden',
  'similar.applyNone': 'Zuerst die Auswahl bearbeiten, dann auf alle anwenden',
};
