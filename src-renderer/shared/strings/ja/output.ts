import type { output as english } from '../en/output.js';

/** Texts about where sound goes. */
export const output: Readonly<Record<keyof typeof english, string>> = {
  'output.title': 'オーディオ出力',
  'output.system': 'システムの既定の出力',
  'output.ask': '別の出力を選択…',
  'output.lost': '「{name}」は使用できません。再び使えるようになるまで、システムの既定の出力で再生します。',
  'output.none':
    'ブラウザーから音が出ません。ヘッドホンまたはスピーカーを接続して、もう一度再生してください。ほかの機能はそのまま使えます。',
  'output.unsupported': 'このブラウザーでは、ページの音声を別の出力に送れません。',
  'output.unnamed': 'このブラウザーは出力の一覧をページに提供しません。システムの既定の出力で再生します。',
  'meter.clipped': '{name}：クリップしました。クリックでリセット',
  'meter.clean': '{name}：クリップなし',
  'loudness.reading':
    'ミックスのラウドネス：ショートターム {shortTerm}、インテグレーテッド {integrated} LUFS',
  'loudness.help': '直近 3 秒間と、再生開始以降の全体（ITU-R BS.1770）。クリックで測定をやり直します。',
  'loudness.anew': '測定をやり直す',
};
