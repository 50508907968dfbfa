import type { warnings as english } from '../en/warnings.js';

export const warnings: Readonly<Record<keyof typeof english, string>> = {
  'warning.in-pieces': '曲が長すぎて {model} では全体を一度に扱えないため、{count} 個に分けて分離しました',
  'warning.shorter-segments': '{provider}：{message}。代わりに {seconds} 秒のセグメントで分離しました',
  'warning.on-cpu': '{provider} が失敗しました（{message}）。代わりに CPU で分離しました',
  'warning.not-used': '{provider} は使用しません：{why}',
  'warning.differs': '{provider} は試験で CPU と {difference} の差があったため、使用しません',
  'warning.process-ended': '推論プロセスが終了しました（{message}）。残りのプロセス数：{count}',
  'warning.lowered':
    'クリップを防ぐため、すべての出力のレベルを {decibels} dB 変更しました。32 ビット浮動小数点では不要です',
  'warning.not-installed': 'インストールされていません',
  'warning.software-adapter': 'ソフトウェアのグラフィックドライバーしかありません',
  'warning.no-card': 'グラフィックカードがありません',
  'warning.failed-probe': '試験で失敗しました（{message}）',
  'warning.ended-probe': '試験中にプロセスが終了しました（{message}）',
  'warning.failed-song': '曲の処理で失敗しました（{message}）',
  'warning.differed': '{provider} は試験で CPU と {difference} の差がありました',
  'warning.slower': 'CPU の {times} 倍の時間がかかります',
};
