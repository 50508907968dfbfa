import type { nmf as english } from '../en/nmf.js';

export const nmf: Readonly<Record<keyof typeof english, string>> = {
  'nmf.components': '成分の数',
  'nmf.components.hint': '多いほど曲に忠実になりますが、1つの音が分かれることもあります。',
  'nmf.iterations': '反復回数',
  'nmf.iterations.hint': '多いほど曲によく合いますが、時間がかかります。',
  'nmf.divergence': 'ダイバージェンス',
  'nmf.divergence.hint': '誤差の測り方です。板倉・斎藤では小さな音も大きな音と同じ重みになります。',
  'nmf.divergence.kl': 'カルバック・ライブラー',
  'nmf.divergence.euclidean': 'ユークリッド',
  'nmf.divergence.is': '板倉・斎藤',
  'nmf.start': '初期値',
  'nmf.start.hint': 'NNDSVD は特異ベクトルから始まり、結果は常に同じです。',
  'nmf.start.random': 'ランダム',
  'nmf.start.nndsvd': 'NNDSVD',
  'nmf.seed': '乱数シード',
  'nmf.seed.hint': '同じ数値なら常に同じステムになります。',
  'nmf.grouping': 'グループ分け',
  'nmf.grouping.hint': '成分をドラム、ベース、その他に分ける方法です。',
  'nmf.grouping.archetypes': '成分ごとに音色で',
  'nmf.grouping.kmeans': 'クラスター（k-means）',
};
