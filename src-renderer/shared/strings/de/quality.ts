import type { quality as english } from '../en/quality.js';

export const quality: Readonly<Record<keyof typeof english, string>> = {
  'separate.studies': 'Zum Lernen',
  'separate.device': 'Gerät',
  'separate.device.auto': 'Automatisch',
  'separate.device.cpu': 'CPU',
  'separate.device.webgpu': 'WebGPU',
  'separate.device.cuda': 'CUDA',
  'separate.device.dml': 'DirectML',
  'separate.device.coreml': 'Core ML',
  'separate.quality': 'Qualität',
  'separate.overlap': 'Überlappung der Segmente',
  'separate.segment': 'Länge der Abschnitte (kürzer: weniger Speicher)',
  'separate.wiener': 'Durchläufe eines Wiener-Filters',
  'separate.wienerHint':
    'Weniger Übersprechen zwischen Stems, die im Stereobild an verschiedenen Stellen liegen',
  'separate.phases': 'Phase der Stems',
  'separate.phases.hint':
    'Die Beträge der Stems bleiben. Nur MISI ergibt von selbst wieder den Song; die Suche dauert länger.',
  'separate.phases.mixture': 'die des Mix',
  'separate.phases.griffin-lim': 'Griffin-Lim',
  'separate.phases.fast-griffin-lim': 'schnelles Griffin-Lim',
  'separate.phases.misi': 'MISI',
  'separate.shifts': 'Zusätzliche verschobene Durchläufe',
  'separate.average.polarity': 'Mit gedrehter Polarität mitteln (doppelte Zeit)',
  'separate.average.channels': 'Mit vertauschten Kanälen mitteln (doppelte Zeit)',
  'separate.own': 'Standard des Modells',
  'separate.shiftCount': '{count} (dauert {times}-mal so lang)',
  'separate.estimate': 'Etwa {time} auf diesem Rechner',
  'separate.noEstimate': 'Dauer: auf diesem Rechner noch nicht gemessen',
  'separate.onlySelection': 'Nur die Auswahl ({from} bis {to})',
  'separate.donePart': '{model} auf {provider}, {seconds} s, von {from} bis {to}',
};
