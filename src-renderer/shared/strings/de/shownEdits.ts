import type { shownEdits as english } from '../en/shownEdits.js';

/** Texts of the edits that are seen on the picture, in German. */
export const shownEdits: Readonly<Record<keyof typeof english, string>> = {
  'shown.edit': 'Bearbeitung {number}: {words}',
  'shown.all': 'Bearbeitungen zeigen',
  'shown.choose': 'Bearbeitung {number} im Bild zeigen',
  'shown.listen': 'Hören, was Bearbeitung {number} erfasst',
  'shown.leave': 'Keine Bearbeitung wählen',
  'shortcut.showEdits': 'Bearbeitungen im Bild zeigen oder nicht (Alt-Klick wählt eine)',
  'shortcut.editBefore': 'Vorige Bearbeitung wählen',
  'shortcut.editAfter': 'Nächste Bearbeitung wählen',
};
