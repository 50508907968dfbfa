import type { abx as english } from '../en/abx.js';

export const abx: Readonly<Record<keyof typeof english, string>> = {
  'abx.title': 'ABX テスト',
  'abx.note':
    '違いは聞き取れますか。X は毎回ランダムに A か B になります。10 回以上答えると意味のある結果になります。',
  'abx.begin': 'ABX テストを始める',
  'abx.isA': 'X は A',
  'abx.isB': 'X は B',
  'abx.score': '{all} 回中 {right} 回正解。',
  'abx.chance': '当てずっぽうでもこうなる確率：{percent} %（p 値）。',
  'abx.end': 'ABX テストを終える',
};
