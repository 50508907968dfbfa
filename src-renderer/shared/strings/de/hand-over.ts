import type { handOver as english } from '../en/hand-over.js';

/** Texte über das, was andere Programme bekommen, und über das, was auf eine andere Maschine geht. */
export const handOver: Record<keyof typeof english, string> = {
  'export.dawproject': 'DAWproject',
  'export.reaper': 'Reaper-Projekt',
  'export.dawproject.hint':
    'Eine Datei für Bitwig Studio, Cubase, Studio One und andere: die Stems als WAV mit ihren Bearbeitungen, dazu Namen, Farben, Pegel, Panorama, Stumm, Solo und die Automation der Pegel.',
  'export.reaper.hint':
    'Ein Zip mit einem Ordner: die .rpp und die Stems als WAV mit ihren Bearbeitungen, dazu Namen, Farben, Pegel, Panorama, Stumm, Solo und die Automation der Pegel. Vor dem Öffnen in Reaper entpacken.',
  'export.project': 'Ganzes Projekt (ein Zip)',
  'export.project.hint':
    'Das Projekt mit dem Song, den Stems, den Bearbeitungen und allen Einstellungen, um auf einer anderen Maschine weiterzuarbeiten. Dort aus der Liste der Projekte öffnen, oder entpacken und den Ordner öffnen.',
  'palette.collect': 'Alles in ein Zip sammeln',
  'project.unpack': 'Gesammeltes Projekt öffnen (.zip) …',
};
