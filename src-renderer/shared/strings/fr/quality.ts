import type { quality as english } from '../en/quality.js';

export const quality: Readonly<Record<keyof typeof english, string>> = {
  'separate.studies': 'Pour l’étude',
  'separate.device': 'Périphérique de calcul',
  'separate.device.auto': 'Automatique',
  'separate.device.cpu': 'CPU',
  'separate.device.webgpu': 'WebGPU',
  'separate.device.cuda': 'CUDA',
  'separate.device.dml': 'DirectML',
  'separate.device.coreml': 'Core ML',
  'separate.quality': 'Qualité',
  'separate.overlap': 'Recouvrement des segments',
  'separate.segment': 'Durée des segments (plus courte : moins de mémoire)',
  'separate.wiener': 'Passages d’un filtre de Wiener',
  'separate.wienerHint':
    'Moins de diaphonie entre les pistes placées à des endroits différents de l’image stéréo',
  'separate.phases': 'Phase des pistes',
  'separate.phases.hint':
    'Les pistes gardent leurs magnitudes. Avec MISI, leur somme redonne d’elle-même le morceau ; la recherche est plus longue.',
  'separate.phases.mixture': 'celle du mix',
  'separate.phases.griffin-lim': 'Griffin-Lim',
  'separate.phases.fast-griffin-lim': 'Griffin-Lim rapide',
  'separate.phases.misi': 'MISI',
  'separate.shifts': 'Passes décalées supplémentaires',
  'separate.average.polarity': 'Moyenner avec la polarité inversée (deux fois plus long)',
  'separate.average.channels': 'Moyenner avec les canaux échangés (deux fois plus long)',
  'separate.own': 'valeur par défaut du modèle',
  'separate.shiftCount': '{count} ({times} fois plus long)',
  'separate.estimate': 'Environ {time} sur cette machine',
  'separate.noEstimate': 'Durée : pas encore mesurée sur cette machine',
  'separate.onlySelection': 'Sélection uniquement (de {from} à {to})',
  'separate.donePart': '{model} sur {provider}, {seconds} s, de {from} à {to}',
};
