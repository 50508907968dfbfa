import type { warnings as english } from '../en/warnings.js';

export const warnings: Readonly<Record<keyof typeof english, string>> = {
  'warning.in-pieces':
    'Le morceau est trop long pour que {model} le voie en entier : il a été séparé en {count} parties',
  'warning.shorter-segments': '{provider} : {message} ; le morceau a été séparé par segments de {seconds} s',
  'warning.on-cpu': '{provider} a échoué ({message}) ; le morceau a été séparé sur le processeur',
  'warning.not-used': '{provider} n’est pas utilisé : {why}',
  'warning.differs':
    '{provider} s’écarte du processeur de {difference} lors d’un essai ; il n’est pas utilisé',
  'warning.process-ended': 'Un processus de calcul s’est arrêté ({message}) ; processus restants : {count}',
  'warning.lowered':
    'Niveau de toutes les sorties modifié de {decibels} dB pour éviter l’écrêtage ; inutile en flottant 32 bits',
  'warning.not-installed': 'non installé',
  'warning.software-adapter': 'il n’y a qu’un pilote graphique logiciel',
  'warning.no-card': 'il n’y a pas de carte graphique',
  'warning.failed-probe': 'échec lors d’un essai ({message})',
  'warning.ended-probe': 'le processus s’est arrêté lors d’un essai ({message})',
  'warning.failed-song': 'échec sur un morceau ({message})',
  'warning.differed': '{provider} s’écarte du processeur de {difference} lors d’un essai',
  'warning.slower': 'prend {times} fois le temps du processeur',
};
