import type { exportKinds as english } from '../en/export-kinds.js';

/** Texts of what can be exported, in Japanese. */
export const exportKinds: Readonly<Record<keyof typeof english, string>> = {
  'export.stems': 'DAW 用のステム',
  'export.stems.hint':
    '分離・編集したままのステムを 1 つずつファイルにします。合計が元の曲になるように、ゲイン、パン、ミュート、オートメーションは適用しません。',
  'export.stemsWanted': '書き出すステム',
  'export.karaoke': 'カラオケ',
  'export.karaoke.hint': 'ボーカル以外のすべてを 1 つのファイルにします。',
  'export.acappella': 'アカペラ',
  'export.acappella.hint': 'ボーカルだけを 1 つのファイルにします。',
  'export.practice': '練習用ミックス',
  'export.practice.hint': '自分のパートを小さくして、すべてのステムを 1 つのファイルにします。',
  'export.practice.stem': '小さくするステム',
  'export.practice.dB': '下げる量（dB）',
  'export.dj': 'DJ 用ステムファイル',
  'export.dj.hint':
    'ミックスと 4 つのステムを 1 つのファイルにします（Traktor などの DJ ソフト用）。ステムがちょうど 4 つ必要です。',
  'export.mix': '聴こえているミックス',
  'export.mix.hint':
    '聴こえるとおりに 1 つのファイルにします。ゲイン、パン、ミュート、ソロ、オートメーションを適用します。',
  'export.selection.hint':
    'このトラックで選択した部分を、最初のサンプルから最後のサンプルまで 1 つのファイルにします。',
  'export.asMixed': 'ミキサーのゲイン、パン、オートメーションを適用する（ミュートとソロは対象外）',
  'export.levels': 'このミックスのレベル：{levels}',
  'export.level': '{name} {dB} dB',
  'export.level.automated': '{name} {dB} dB（オートメーションあり）',
  'export.level.silent': '{name} 無音',
  'export.drag': 'ファイルはフォルダーや他のソフトへドラッグできます。',
  'export.zip': '1 つの zip でダウンロード',
  'export.download': 'ダウンロード',
};
