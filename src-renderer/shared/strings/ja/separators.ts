import type { separators as english } from '../en/separators.js';

/** What the separators that come with Unbraid are called in Japanese. */
export const separators: Readonly<Record<keyof typeof english, string>> = {
  'separator.unbraid-blend.name': 'Unbraid blend',
  'separator.unbraid-blend.about':
    'ボーカルは声だけを学習したネットワーク、ドラム・ベース・その他はほかの 2 つのネットワークの平均：付属ネットワークの中で平均して最も良い結果',
  'separator.unbraid-fast.name': 'Unbraid fast',
  'separator.unbraid-fast.about':
    'ボーカル、ドラム、ベース、その他に分ける小型の U-Net。とても速く、自由に使える素材で学習。従来手法よりずっと良好です',
  'separator.unbraid-standard.name': 'Unbraid standard',
  'separator.unbraid-standard.about':
    'ボーカル、ドラム、ベース、その他に分ける U-Net。自由に使える素材で学習。Unbraid fast の 4 倍の大きさで、声と、声・ドラム・ベース以外の音に強い',
  'separator.unbraid-vocals.name': 'Unbraid vocals',
  'separator.unbraid-vocals.about':
    'ボーカルと伴奏だけを学習した U-Net。自由に使える素材で学習。付属のネットワークの中で声に最も強い',
  'separator.drum-kit.name': 'ドラムキット',
  'separator.drum-kit.about':
    'ドラムのトラックをキック、スネア、ハイハット、残り（タムとシンバル）に分ける小さな U-Net。合成したドラムで学習しました。ドラムだけの音声に使います',
  'separator.band-and-kit.name': 'バンドとドラムキット',
  'separator.band-and-kit.about':
    'ボーカル、ベース、その他は Unbraid blend で、ドラムはキック、スネア、ハイハット、残りに分けます',
  'separator.voice-beat-tones.name': '声・ビート・音程',
  'separator.voice-beat-tones.about':
    'Unbraid fast でボーカルを分離し、残りを HPSS でビートと音程のある音に分ける',
  'separator.classic-4.name': '従来手法の4ステム',
  'separator.classic-4.about':
    'HPSS、REPET-SIM、ステレオ定位によるボーカル、ドラム、ベース、その他。重みは不要です',
  'separator.hpss.name': 'HPSS',
  'separator.hpss.about': 'メディアンフィルターによる調波音と打楽器音（Fitzgerald 2010）',
  'separator.repet-sim.name': 'REPET-SIM',
  'separator.repet-sim.about': '自己類似性を使い、繰り返す伴奏の上のボーカルを分離（Rafii & Pardo 2012）',
  'separator.repet.name': 'REPET',
  'separator.repet.about': '一定の周期で繰り返す伴奏の上のボーカルを分離（Rafii & Pardo 2013）',
  'separator.ft2d.name': '2DFT',
  'separator.ft2d.about': '2 次元フーリエ変換を使い、繰り返す伴奏の上のボーカルを分離（Seetharaman 2017）',
  'separator.nmf.name': 'NMF',
  'separator.nmf.about': '非負値行列因子分解の成分からドラム、ベース、その他を分離（Lee & Seung 2000）',
  'separator.melody.name': 'メロディーマスク',
  'separator.melody.about':
    '最も目立つメロディーの部分音をボーカルとし、それ以外を伴奏とします（Salamon & Gómez 2012）',
  'separator.nmf-components.name': 'NMF成分',
  'separator.nmf-components.about':
    '因子分解の各成分を低い方から順に別々のステムにし、聴いて手作業でまとめます（1 分まで）',
  'separator.rpca.name': 'RPCA',
  'separator.rpca.about':
    'ロバスト主成分分析を使い、低ランクの伴奏の上のボーカルを分離。低速です（Huang 2012）',
  'separator.bench.name': 'ラボの実験台',
  'separator.bench.about': 'ラボの実験台で設定した方式、窓、マスクによる 2 つのステム：学習用',
  'separator.duet.name': 'DUET',
  'separator.duet.about': '音量差と時間差による左、中央、右の分離（Yilmaz & Rickard 2004）',
  'separator.projet.name': 'PROJET',
  'separator.projet.about':
    '両チャンネルの射影による左、中央、右の分離（Fitzgerald, Liutkus & Badeau 2016）。低速',
  'separator.ica.name': 'ICA',
  'separator.ica.about':
    '2 つのチャンネルに音量だけを変えて混ざった、独立した 2 つの音源（FastICA、Hyvärinen 1999）',
  'separator.centre.name': '中央',
  'separator.centre.about': 'ステレオの中央にある音と左右の音（Avendano & Jot 2002）',
  'separator.denoise.name': 'ノイズ除去',
  'separator.denoise.about': '一定のヒスノイズやサーフェスノイズを音から分離（Ephraim & Malah 1985）',
  'separator.fnn-wave.name': '波形のFNN',
  'separator.fnn-wave.about':
    '32 ms の生の波形フレームを順伝播型ネットワークでピアノとバイオリンに分けます。学習用で、音漏れとクリックノイズがあります',
  'separator.fnn-spectrogram.name': 'スペクトログラムのFNN',
  'separator.fnn-spectrogram.about':
    'スペクトログラムを 1 フレームずつ見る順伝播型ネットワークのマスクで、ピアノとバイオリンに分けます。学習用です',
  'separator.lstm-mask.name': 'LSTMマスク',
  'separator.lstm-mask.about':
    '16 kHz の小型再帰型ネットワークでボーカルと伴奏に分けます。MIR-1K 向けの手法（Huang 2014）による学習用モデルです',
  'separator.deepconvsep.name': 'DeepConvSep',
  'separator.deepconvsep.about':
    '30 フレームのブロックに 2 つの畳み込みとボトルネックを使い、ステレオで 4 つのステムに分けます（Chandna 2017）。学習用です',
  'separator.nmf-learned.name': '学習済みNMF',
  'separator.nmf-learned.about':
    'ボーカル、ドラム、ベース、その他のスペクトルを例から学習し、曲にはアクティベーションだけを当てはめます（教師あり NMF）。学習用です',
  'separator.openunmix-small.name': 'Open-Unmix（小型）',
  'separator.openunmix-small.about':
    'ステムごとの再帰型ネットワークと多チャンネルウィーナーフィルター（Stöter 2019）で 4 つのステムに分けます。大きさは 8 分の 1 の学習用です',
};
