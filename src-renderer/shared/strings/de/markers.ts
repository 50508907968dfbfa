import type { markers as english } from '../en/markers.js';

/** Texts of markers, kept loops and what follows the playhead, in German. */
export const markers: Readonly<Record<keyof typeof english, string>> = {
  'marker.title': 'Marker',
  'marker.menu': 'Marker und Loops',
  'marker.of': 'Marker {name} bei {time} (F2: umbenennen, Entf: löschen)',
  'marker.name': 'Name von Marker {name}',
  'marker.rename': 'Marker {name} umbenennen',
  'marker.remove': 'Marker {name} löschen',
  'loop.title': 'Gemerkte Loops',
  'loop.keep': 'Auswahl merken als Loop',
  'loop.keepIn': 'Auswahl als Loop {slot} merken',
  'loop.remove': 'Loop {slot} löschen',
  'transport.follow': 'Der Abspielposition folgen',
  'step.marker.add': 'Marker setzen',
  'step.marker.rename': 'Marker umbenennen',
  'step.marker.move': 'Marker verschieben',
  'step.marker.remove': 'Marker löschen',
  'step.loop.keep': 'Loop merken',
  'step.loop.forget': 'Gemerkten Loop löschen',
  'shortcut.marker': 'Marker an der Abspielposition setzen',
  'shortcut.markerBack': 'Zum vorigen Marker',
  'shortcut.markerForward': 'Zum nächsten Marker',
  'shortcut.loopSlot': 'Gemerkten Loop abspielen; ein leerer Platz merkt sich die Auswahl',
  'shortcut.focus': 'Ausgewählte Spur groß zeigen oder nicht',
  'shortcut.follow': 'Der Abspielposition folgen oder nicht',
};
