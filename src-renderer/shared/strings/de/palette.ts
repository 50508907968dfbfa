import type { palette as english } from '../en/palette.js';

/** The command palette in German. */
export const palette: Readonly<Record<keyof typeof english, string>> = {
  'palette.title': 'Befehlspalette',
  'palette.search': 'Befehle suchen',
  'palette.results': 'Befehle',
  'palette.none': 'Kein passender Befehl',
  'palette.do.separate': 'Song in Stems trennen',
  'palette.words.separate': 'aufteilen zerlegen isolieren Gesang entfernen extrahieren',
  'palette.do.karaoke': 'Karaoke-Mix (ohne Gesang)',
  'palette.words.karaoke': 'Playback Instrumental Halbplayback Stimme entfernen',
  'palette.do.acappella': 'A-cappella-Mix (nur Gesang)',
  'palette.words.acappella': 'Stimme isolieren nur Gesang',
  'palette.do.drumless': 'Mix ohne Schlagzeug',
  'palette.words.drumless': 'drumless mitspielen üben',
  'palette.do.muteVocals': 'Gesang stummschalten',
  'palette.words.muteVocals': 'Stimme aus Vocals Mute',
  'palette.words.takeAway': 'löschen entfernen ausschneiden delete',
  'palette.do.export': 'Stems oder Mix exportieren',
  'palette.words.beats': 'bpm Taktraster Beatgrid Takte Metronom',
  'palette.words.export':
    'speichern mp3 wav flac aac opus ogg herunterladen Dateien rendern dj stem.mp4 traktor daw üben Mix',
  'palette.do.projects': 'Früheren Song öffnen',
  'palette.words.projects': 'Projekte laden fortsetzen zuletzt Verlauf',
  'palette.do.batch': 'Viele Dateien trennen',
  'palette.words.batch': 'Ordner Warteschlange Stapel mehrere Songs Album',
  'palette.do.keys': 'Tastenkürzel ändern',
  'palette.words.keys': 'Tastatur Tasten Einstellungen Kurzbefehle',
  'palette.words.language': 'Englisch Deutsch Französisch Japanisch language Übersetzung',
  'palette.demo': 'Demo-Song öffnen',
  'palette.theme': 'Dunkles oder helles Design',
  'palette.language': 'Nächste Sprache (language)',
};
