import type { output as english } from '../en/output.js';

/** Texts about where sound goes. */
export const output: Readonly<Record<keyof typeof english, string>> = {
  'output.title': 'Audioausgabe',
  'output.system': 'Systemstandard',
  'output.ask': 'Andere wählen …',
  'output.lost': '„{name}“ ist nicht verfügbar: Bis es wieder da ist, geht das Audio an die Standardausgabe.',
  'output.none':
    'Der Browser gibt keinen Ton aus. Kopfhörer oder Lautsprecher anschließen, dann noch einmal abspielen. Alles andere funktioniert.',
  'output.unsupported': 'Dieser Browser kann das Audio einer Seite nicht an eine andere Ausgabe schicken.',
  'output.unnamed':
    'Dieser Browser gibt der Seite keine Liste der Ausgaben; das Audio geht an die Standardausgabe.',
  'meter.clipped': '{name}: übersteuert. Klick setzt zurück',
  'meter.clean': '{name}: nicht übersteuert',
  'loudness.reading': 'Lautheit des Mix: kurzzeitig {shortTerm}, integriert {integrated} LUFS',
  'loudness.help':
    'Die letzten 3 Sekunden und alles seit Beginn der Wiedergabe (ITU-R BS.1770). Klicken, um neu zu messen.',
  'loudness.anew': 'Neu messen',
};
