import type { nmf as english } from '../en/nmf.js';

export const nmf: Readonly<Record<keyof typeof english, string>> = {
  'nmf.components': 'Komponenten',
  'nmf.components.hint': 'Mehr bilden den Song genauer ab, können aber einen Klang zerteilen.',
  'nmf.iterations': 'Iterationen',
  'nmf.iterations.hint': 'Mehr Iterationen passen sich dem Song besser an und dauern länger.',
  'nmf.divergence': 'Divergenz',
  'nmf.divergence.hint':
    'Wie der Fehler gemessen wird. Bei Itakura-Saito zählen leise Stellen so viel wie laute.',
  'nmf.divergence.kl': 'Kullback-Leibler',
  'nmf.divergence.euclidean': 'Euklidisch',
  'nmf.divergence.is': 'Itakura-Saito',
  'nmf.start': 'Start',
  'nmf.start.hint': 'NNDSVD beginnt mit Singulärvektoren und ist immer gleich.',
  'nmf.start.random': 'Zufällig',
  'nmf.start.nndsvd': 'NNDSVD',
  'nmf.seed': 'Startwert (Seed)',
  'nmf.seed.hint': 'Dieselbe Zahl ergibt immer dieselben Stems.',
  'nmf.grouping': 'Gruppierung',
  'nmf.grouping.hint': 'Wie die Komponenten auf Schlagzeug, Bass und Sonstiges verteilt werden.',
  'nmf.grouping.archetypes': 'jede nach ihrem Klang',
  'nmf.grouping.kmeans': 'in Clustern (k-Means)',
  'factors.show': 'Spektren und Verläufe (W und H) …',
  'factors.title': 'Was NMF gefunden hat: W und H',
  'factors.note':
    'Jede Komponente ist ein Spektrum mal einem Verlauf: wie stark sie wann klingt. V ≈ W·H; jede Kurve ist auf ihren höchsten Wert bezogen.',
  'factors.piece':
    'Abschnitt {piece} von {pieces}, {from} bis {to}. Jeder Abschnitt eines langen Songs hat eigene Komponenten: Für die eines anderen die Abspielposition dorthin setzen.',
  'factors.component': 'Komponente',
  'factors.spectrum': 'Spektrum (W), {from} bis {to}',
  'factors.gains': 'Verlauf (H), {from} bis {to}',
  'factors.working': 'Wird zerlegt …',
  'factors.spectrumOf': '{name}: Spektrum (W)',
  'factors.gainsOf': '{name}: Verlauf (H)',
};
