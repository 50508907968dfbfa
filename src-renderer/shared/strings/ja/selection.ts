import type { selection as english } from '../en/selection.js';

/** Texts of what finds, plays and writes painted selections, in Japanese. */
export const selection: Readonly<Record<keyof typeof english, string>> = {
  'paint.wand': '自動選択',
  'paint.wand.help':
    'スペクトログラム上の点をクリックすると、そこにつながるビンのうちレベルが許容値以内のものを、選択範囲内または前後 30 秒以内で塗ります。Shift で追加、Alt で除外、両方で共通部分を残します。',
  'find.title': '選択範囲を検出',
  'find.below': '許容値',
  'find.combination': '組み合わせ',
  'find.add': '塗った範囲に追加',
  'find.subtract': '塗った範囲から除外',
  'find.intersect': '塗った範囲との共通部分',
  'find.replace': '塗った範囲を置き換え',
  'find.share': 'パワーの割合',
  'find.stem': '優勢なステム',
  'find.byStem': 'ステムで選択',
  'find.byStem.help': '選択範囲または曲全体で、パワーに占めるこのステムの割合が指定値以上のビンを選択します',
  'find.busy': '検索中…',
  'find.nothing': '見つかりませんでした。',
  'listen.title': '選択範囲だけを聴く',
  'listen.track': '聴くトラック',
  'listen.start': '選択範囲を試聴',
  'listen.stop': '試聴を停止',
  'listen.busy': 'レンダリング中…',
  'listen.help': '編集で移動する音を繰り返し再生します。A で曲と比較、Esc で停止します。',
  'listen.save': '選択範囲をオーディオで保存…',
  'listen.export': '選択範囲を書き出し',
  'masks.title': 'マスクのファイル…',
  'masks.help':
    'ほかのソフトウェア用：4096 点 STFT、ホップ 1024（Hann、中央揃え）の {frames} フレーム × {bins} ビン。マスクごとに .json ファイルで記述します。別の STFT のマスクは、その .json ファイルも一緒に選ぶと変換されます。読み込んだマスクは塗った範囲を置き換えます。',
  'masks.npy': '選択範囲を .npy で書き出し',
  'masks.png': '選択範囲を 16 ビット PNG で書き出し',
  'masks.stems': '全ステムのマスクを .npy で書き出し（{count} × {size}）',
  'masks.progress': 'マスクファイルの進行状況',
  'masks.import': 'マスクを読み込む（.npy, .png）…',
  'shortcut.wand': '自動選択のオン／オフ',
};
