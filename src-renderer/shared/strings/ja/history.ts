import type { history as english } from '../en/history.js';

/** Texts of the list of steps, in Japanese. */
export const history: Readonly<Record<keyof typeof english, string>> = {
  'history.title': '履歴：すべての操作',
  'history.start': '最初の操作の前',
  'history.undone': '{step}（取り消し済み）',
  'history.status': '{count} 件中 {at} 件目',
  'history.earlier': '以前の {count} 件を表示',
  'history.more': '{step}、ほか {count} 件',
  'history.move': '{seconds} 秒を {from} から {to} に移動',
  'history.copy': '{seconds} 秒を {from} から {to} にコピー',
  'history.attenuate': '{from} から {seconds} 秒を除去',
  'history.quieter': '{from} の {seconds} 秒を減衰',
  'history.debleed': '{from} の {seconds} 秒のかぶりを除去',
  'history.heal': '{from} の {seconds} 秒を修復',
  'history.clone': '{from} 内で {seconds} 秒を複製',
  'shortcut.history': 'すべての操作の一覧',
};
