import type { addModel as english } from '../en/add-model.js';

/** 自分のモデルファイルを追加するときの文。 */
export const addModel: Record<keyof typeof english, string> = {
  'addModel.title': 'モデルファイルを追加',
  'addModel.note':
    'ONNX ファイルをここにドロップしてください。ステムごとに分かれたモデルは、全ファイルをまとめてドロップします。多くは自動で判別され、できないときだけ質問します。',
  'addModel.choose': 'ファイルを選択…',
  'addModel.reading': '{name} を読み込み中…',
  'addModel.ready': '{name}：{preset} として実行します。ステム：{stems}。ライセンス：{licence}。',
  'addModel.questions': '{name} には実行に必要な情報が足りません：',
  'addModel.add': '試してから追加',
  'addModel.trying': '10 秒分で試しています…',
  'addModel.added':
    '{name} を追加しました。{seconds} 秒の音に {took} 秒かかり、ステムの和との差は {rest} dB です。',
  'addModel.cancel': 'キャンセル',
  'addModel.nFft': 'FFT サイズ（n_fft）',
  'addModel.hop': 'ホップサイズ',
  'addModel.stems': 'ステム（ネットワークの出力順）',
  'addModel.output': 'ネットワークの出力',
  'addModel.preset': 'モデルの種類',
  'addModel.mask': 'マスク',
  'addModel.spectrum': '各ステムのスペクトル',
  'addModel.magnitude': '各ステムの振幅',
};
