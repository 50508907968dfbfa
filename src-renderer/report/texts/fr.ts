import { abx } from '../../shared/strings/fr/abx.js';
import { scores } from '../../shared/strings/fr/scores.js';
import { warnings } from '../../shared/strings/fr/warnings.js';
import type { ReportTexts } from './en.js';

/** Texts of a report in French. */
export const fr: ReportTexts = {
  ...abx,
  ...scores,
  ...warnings,
  title: '{name} – comparaison',
  'lead.systems': '{count} systèmes sur {seconds} s à partir de {start}, {rate} Hz, canaux : {channels}.',
  'lead.truth': 'Vrais stems : {names}.',
  'lead.noTruth': 'Sans vrais stems, il n’y a pas de scores.',
  language: 'Langue',
  play: 'Lire',
  pause: 'Pause',
  position: 'Position, secondes',
  reading: 'chargement…',
  stem: 'Stem',
  keys: 'Espace lance la lecture ; 1 à 9 et les flèches haut et bas choisissent le système que l’on entend, au même instant du morceau.',
  pictures:
    'Images : de {low} Hz à {high} kHz par pas égaux de hauteur, jusqu’à {span} dB sous le maximum du mélange.',
  notes: 'Remarques',
  foot: 'Unbraid {version}. Les scores ne valent que pour cet extrait.',
  unplayable: 'Ce navigateur ne peut pas lire les sons ({why}) ; créez le rapport avec -f mp3 ou -f wav.',
  hear: 'Écouter {name}',
  mixture: 'mélange',
  true: 'vrai stem',
  'chart.of': '{figure} : {stem}',
  'chart.bars': '{title} par système ; les chiffres sont dans le tableau',
  'chart.speed': '{title} selon la vitesse',
  'chart.dots': '{title} selon la vitesse, par système ; les chiffres sont dans le tableau',

  'abx.keys': 'A, B et X lancent la lecture ; 1 veut dire que X est A, 2 que X est B.',

  'column.system': 'Système',
  'column.speed': 'Vitesse',
  'column.memory': 'Mémoire',
  'column.null': 'Null test',
  'unit.realtime': '× temps réel',
  'unit.of100': 'sur 100',
  'about.usdr': 'Vrai stem contre erreur, sur tout l’extrait.',
  'about.sdr': 'BSSEval v4 : médiane sur les secondes, vrai stem contre toutes les erreurs.',
  'about.isr': 'BSSEval v4 : filtrage et niveaux faux seulement.',
  'about.sir': 'BSSEval v4 : son des autres stems seulement.',
  'about.sar': 'BSSEval v4 : artefacts seulement.',
  'about.siSdr': 'Comme uSDR, quel que soit le niveau.',
  'about.bleedless': 'Baisse avec ce qui est en trop dans le spectrogramme.',
  'about.fullness': 'Baisse avec ce qui manque au spectrogramme.',
  'about.l1Freq': 'Baisse avec l’écart moyen des magnitudes.',
  'about.logWmse': 'Erreur pondérée comme l’oreille ; 73,7 est sans erreur.',
  'about.speed': 'Secondes de son par seconde de travail, chargement compris.',
  'about.memory': 'Mémoire maximale de tous les processus d’inférence, additionnée.',
  'about.null': 'Ce qui manque à la somme des stems pour faire la source.',
};
