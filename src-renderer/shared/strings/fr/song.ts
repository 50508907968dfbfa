import type { song as english } from '../en/song.js';

/** What a song's file says about it. */
export const song: Readonly<Record<keyof typeof english, string>> = {
  'song.details': 'À propos du morceau',
  'song.cover': 'Pochette',
  'song.title': 'Titre',
  'song.artist': 'Artiste',
  'song.album': 'Album',
  'song.album_artist': 'Artiste de l’album',
  'song.track': 'Numéro de piste',
  'song.date': 'Date',
  'song.genre': 'Genre',
  'song.composer': 'Compositeur',
  'song.bpm': 'Tempo (BPM)',
  'song.initialkey': 'Tonalité',
  'song.comment': 'Commentaire',
  'song.file': 'Fichier',
  'song.length': 'Durée',
  'song.sound': 'Son',
  'song.format': 'Format',
};
