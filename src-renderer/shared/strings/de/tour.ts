import type { tour as english } from '../en/tour.js';

/** Texts of the tour at the first start. */
export const tour: Readonly<Record<keyof typeof english, string>> = {
  'tour.label': 'Einführung',
  'tour.step': 'Schritt {step} von 3',
  'tour.open.title': 'Song öffnen',
  'tour.open': 'Ziehen Sie eine Datei ins Fenster, oder beginnen Sie mit dem Demo-Song.',
  'tour.separate.title': 'Trennen',
  'tour.separate':
    'Klicken Sie auf „Trennen“. Die Stems erscheinen unter dem Song und ergeben zusammen immer genau den Song.',
  'tour.change.title': 'Hören und ändern',
  'tour.change':
    'Schalten Sie Stems stumm oder solo. Wählen Sie durch Ziehen einen Teil aus, verschieben Sie ihn in einen anderen Stem und exportieren Sie. Die Null-Anzeige belegt, dass nichts verloren geht.',
  'tour.next': 'Weiter',
  'tour.leave': 'Einführung überspringen',
  'tour.done': 'Fertig',
  'tour.again': 'Einführung zeigen',
};
