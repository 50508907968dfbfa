import type { song as english } from '../en/song.js';

/** What a song's file says about it. */
export const song: Readonly<Record<keyof typeof english, string>> = {
  'song.details': 'この曲について',
  'song.cover': 'カバー画像',
  'song.title': 'タイトル',
  'song.artist': 'アーティスト',
  'song.album': 'アルバム',
  'song.album_artist': 'アルバムアーティスト',
  'song.track': 'トラック番号',
  'song.date': '日付',
  'song.genre': 'ジャンル',
  'song.composer': '作曲者',
  'song.bpm': 'テンポ（BPM）',
  'song.initialkey': 'キー',
  'song.comment': 'コメント',
  'song.file': 'ファイル',
  'song.length': '長さ',
  'song.sound': '音声',
  'song.format': '形式',
};
