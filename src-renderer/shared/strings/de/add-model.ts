import type { addModel as english } from '../en/add-model.js';

/** Texte über eigene Modelldateien. */
export const addModel: Record<keyof typeof english, string> = {
  'addModel.title': 'Modelldatei hinzufügen',
  'addModel.note':
    'ONNX-Datei hier ablegen, oder die Dateien eines Modells mit je einem Stem. Die meisten werden erkannt, bei den übrigen gibt es ein, zwei Fragen.',
  'addModel.choose': 'Dateien wählen …',
  'addModel.reading': '{name} wird gelesen …',
  'addModel.ready': '{name}: läuft als {preset}. Stems: {stems}. Lizenz: {licence}.',
  'addModel.questions': '{name} verrät nicht alles, was zum Ausführen nötig ist:',
  'addModel.add': 'Ausprobieren und hinzufügen',
  'addModel.trying': 'Probelauf mit zehn Sekunden …',
  'addModel.added':
    '{name} wurde hinzugefügt. {seconds} s Ton dauerten {took} s; das Residuum der Stems liegt bei {rest} dB.',
  'addModel.cancel': 'Abbrechen',
  'addModel.nFft': 'FFT-Größe (n_fft)',
  'addModel.hop': 'Schrittweite (Hop)',
  'addModel.stems': 'Stems, in der Reihenfolge des Netzes',
  'addModel.output': 'Was das Netz liefert',
  'addModel.preset': 'Familie',
  'addModel.mask': 'Masken',
  'addModel.spectrum': 'Spektren der Stems',
  'addModel.magnitude': 'Beträge der Stems',
};
