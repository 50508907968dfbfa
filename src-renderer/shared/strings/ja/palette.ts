import type { palette as english } from '../en/palette.js';

/** The command palette in Japanese. */
export const palette: Readonly<Record<keyof typeof english, string>> = {
  'palette.title': 'コマンドパレット',
  'palette.search': 'コマンドを検索',
  'palette.results': 'コマンド',
  'palette.none': '該当するコマンドはありません',
  'palette.do.separate': '曲をステムに分離',
  'palette.words.separate': '分割 抽出 ボーカル除去 アイソレート',
  'palette.do.karaoke': 'カラオケミックス（ボーカルなし）',
  'palette.words.karaoke': '伴奏 インスト 歌なし オフボーカル',
  'palette.do.acappella': 'アカペラミックス（ボーカルのみ）',
  'palette.words.acappella': '声だけ 歌のみ 抽出',
  'palette.do.drumless': 'ドラムなしのミックス',
  'palette.words.drumless': 'ドラムレス 練習',
  'palette.do.muteVocals': 'ボーカルをミュート',
  'palette.words.muteVocals': '歌 声 消す 消音',
  'palette.words.takeAway': '削除 消去 消す カット',
  'palette.do.export': 'ステムまたはミックスを書き出す',
  'palette.words.beats': 'bpm ビートグリッド 小節 メトロノーム',
  'palette.words.export':
    '保存 mp3 wav flac aac opus ogg ダウンロード エクスポート dj stem.mp4 traktor daw 練習',
  'palette.do.projects': '以前の曲を開く',
  'palette.words.projects': 'プロジェクト 最近 再開 履歴',
  'palette.do.batch': '複数のファイルを分離',
  'palette.words.batch': 'フォルダー キュー 一括 アルバム',
  'palette.do.keys': 'ショートカットキーを変更',
  'palette.words.keys': 'キーボード 設定 キー割り当て',
  'palette.words.language': '英語 ドイツ語 フランス語 language げんご 翻訳',
  'palette.demo': 'デモ曲を開く',
  'palette.theme': 'ダーク／ライトテーマ',
  'palette.language': '次の言語（language）',
};
