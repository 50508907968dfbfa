import type { palette as english } from '../en/palette.js';

/** The command palette in French. */
export const palette: Readonly<Record<keyof typeof english, string>> = {
  'palette.title': 'Palette de commandes',
  'palette.search': 'Rechercher une commande',
  'palette.results': 'Commandes',
  'palette.none': 'Aucune commande correspondante',
  'palette.do.separate': 'Séparer le morceau en pistes',
  'palette.words.separate': 'diviser isoler extraire supprimer la voix stems',
  'palette.do.karaoke': 'Mix karaoké (sans voix)',
  'palette.words.karaoke': 'instrumental playback enlever la voix accompagnement',
  'palette.do.acappella': 'Mix a cappella (voix seule)',
  'palette.words.acappella': 'isoler la voix acapella',
  'palette.do.drumless': 'Mix sans batterie',
  'palette.words.drumless': 'drumless jouer avec répéter',
  'palette.do.muteVocals': 'Couper la voix',
  'palette.words.muteVocals': 'silence chant muet vocals mute',
  'palette.words.takeAway': 'supprimer effacer delete',
  'palette.do.export': 'Exporter les pistes ou un mix',
  'palette.words.beats': 'bpm grille rythmique mesures métronome',
  'palette.words.export':
    'enregistrer mp3 wav flac aac opus ogg télécharger fichiers dj stem.mp4 traktor daw travail répétition',
  'palette.do.projects': 'Ouvrir un morceau précédent',
  'palette.words.projects': 'projets récents reprendre continuer historique',
  'palette.do.batch': 'Séparer plusieurs fichiers',
  'palette.words.batch': 'dossier file d’attente lot album',
  'palette.do.keys': 'Modifier les raccourcis clavier',
  'palette.words.keys': 'touches réglages préférences',
  'palette.words.language': 'anglais allemand français japonais language traduction',
  'palette.demo': 'Ouvrir le morceau de démo',
  'palette.theme': 'Thème sombre ou clair',
  'palette.language': 'Langue suivante (language)',
};
