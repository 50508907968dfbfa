import type { scores as english } from '../en/scores.js';

export const scores: Readonly<Record<keyof typeof english, string>> = {
  'score.own': '自分のステム',
  'score.include': '自分のステム（エディターの現在の状態）',
  'score.about': '真のステムがあれば、編集も含めて評価されます。モデルを選ばなければ分離は行われません。',
  'score.none': '先に曲を分離してください。',
  'score.figure': '評価指標',
  'score.table': '自分のステムと真のステムの比較',
  'score.stem': 'ステム',
  'score.allBut': '{name}以外すべて',
  'score.shaky': '悪条件：真のステムに高域がありません',
  'score.band':
    '真のステム「{stem}」には {limit} kHz より上の成分がありません。そこでは ISR・SIR・SAR は悪条件となり、16 ビット丸めの雑音レベルに依存します。',
};
