import type { handOver as english } from '../en/hand-over.js';

/** Texte über das, was andere Programme bekommen, und über das, was auf eine andere Maschine geht. */
export const handOver: Record<keyof typeof english, string> = {
  'export.selection': 'Die Auswahl in „{name}“',
  'export.selectionNone': 'Das Ausgewählte',
  'export.dawproject': 'DAWproject',
  'export.reaper': 'Reaper-Projekt',
  'export.dawproject.hint':
    'Eine Datei für Bitwig Studio, Cubase, Studio One und andere: die bearbeiteten Stems als WAV, dazu Namen, Farben, Pegel, Panorama, Mute, Solo und Pegelautomation.',
  'export.reaper.hint':
    'Ein Zip mit einem Ordner: die .rpp und die bearbeiteten Stems als WAV, dazu Namen, Farben, Pegel, Panorama, Mute, Solo und Pegelautomation. Vor dem Öffnen in Reaper entpacken.',
  'export.project': 'Ganzes Projekt (ein Zip)',
  'export.project.hint':
    'Das Projekt mit Song, Stems, Bearbeitungen und allen Einstellungen, um auf einem anderen Rechner weiterzuarbeiten. Dort aus der Projektliste öffnen oder entpacken und den Ordner öffnen.',
  'palette.collect': 'Alles in ein Zip sammeln',
  'project.unpack': 'Gesammeltes Projekt öffnen (.zip) …',
};
