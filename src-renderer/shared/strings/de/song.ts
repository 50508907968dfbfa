import type { song as english } from '../en/song.js';

/** What a song's file says about it. */
export const song: Readonly<Record<keyof typeof english, string>> = {
  'song.details': 'Zu diesem Song',
  'song.cover': 'Cover',
  'song.title': 'Titel',
  'song.artist': 'Interpret',
  'song.album': 'Album',
  'song.album_artist': 'Albuminterpret',
  'song.track': 'Titelnummer',
  'song.date': 'Datum',
  'song.genre': 'Genre',
  'song.composer': 'Komponist',
  'song.bpm': 'Tempo (BPM)',
  'song.initialkey': 'Tonart',
  'song.comment': 'Kommentar',
  'song.file': 'Datei',
  'song.length': 'Länge',
  'song.sound': 'Ton',
  'song.format': 'Format',
};
