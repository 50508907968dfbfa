import { abx } from '../../shared/strings/ja/abx.js';
import { scores } from '../../shared/strings/ja/scores.js';
import { warnings } from '../../shared/strings/ja/warnings.js';
import type { ReportTexts } from './en.js';

/** Texts of a report in Japanese. */
export const ja: ReportTexts = {
  ...abx,
  ...scores,
  ...warnings,
  title: '{name} – 比較',
  'lead.systems': '{start} から {seconds} 秒間を {count} システムで比較、{rate} Hz、{channels} チャンネル。',
  'lead.truth': '真のステム：{names}。',
  'lead.noTruth': '真のステムがないため、スコアはありません。',
  language: '言語',
  play: '再生',
  pause: '一時停止',
  position: '位置（秒）',
  reading: '読み込み中…',
  stem: 'ステム',
  keys: 'スペースキーで再生。1〜9 と上下の矢印キーで、曲の同じ位置のまま聴くシステムを選びます。',
  pictures: '図：{low} Hz〜{high} kHz を音高の等間隔で表示。ミックスの最大値から {span} dB 下まで。',
  notes: '注記',
  foot: 'Unbraid {version}。スコアはこの区間だけのものです。',
  unplayable:
    'このブラウザーでは音を再生できません（{why}）。-f mp3 か -f wav でレポートを作成してください。',
  hear: '{name} を聴く',
  mixture: 'ミックス',
  true: '真のステム',
  'chart.of': '{figure}（{stem}）',
  'chart.bars': 'システム別の{title}。数値は表にあります',
  'chart.speed': '{title}と速度',
  'chart.dots': 'システム別の{title}と速度。数値は表にあります',

  'abx.keys': 'A・B・X キーで再生。1 は「X は A」、2 は「X は B」です。',

  'column.system': 'システム',
  'column.speed': '速度',
  'column.memory': 'メモリー',
  'column.null': 'ヌルテスト',
  'unit.realtime': '× 実時間',
  'unit.of100': '／100',
  'about.usdr': '区間全体での、真のステムと誤差の比。',
  'about.sdr': 'BSSEval v4：真のステムと全誤差の比の、秒ごとの中央値。',
  'about.isr': 'BSSEval v4：フィルターと音量のずれだけ。',
  'about.sir': 'BSSEval v4：ほかのステムの音だけ。',
  'about.sar': 'BSSEval v4：アーティファクトだけ。',
  'about.siSdr': 'uSDR と同じ。ただし音量によらない。',
  'about.bleedless': 'スペクトログラムに余分なものがあると下がる。',
  'about.fullness': 'スペクトログラムに欠けがあると下がる。',
  'about.l1Freq': '振幅の差の平均が大きいほど下がる。',
  'about.logWmse': '聴覚に合わせて重み付けした誤差。73.7 で誤差なし。',
  'about.speed': '処理 1 秒あたりの音の秒数。読み込み時間を含む。',
  'about.memory': '全推論プロセスの最大メモリーの合計。',
  'about.null': '全ステムの和と元の音との差。',
};
