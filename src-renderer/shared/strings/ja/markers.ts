import type { markers as english } from '../en/markers.js';

/** Texts of markers, kept loops and what follows the playhead, in Japanese. */
export const markers: Readonly<Record<keyof typeof english, string>> = {
  'marker.title': 'マーカー',
  'marker.menu': 'マーカーとループ',
  'marker.of': 'マーカー {name}、{time}（F2 で名前を変更、Delete で削除）',
  'marker.name': 'マーカー {name} の名前',
  'marker.rename': 'マーカー {name} の名前を変更',
  'marker.remove': 'マーカー {name} を削除',
  'loop.title': '保存したループ',
  'loop.keep': '選択範囲をループとして保存',
  'loop.keepIn': '選択範囲をループ {slot} に保存',
  'loop.remove': 'ループ {slot} を削除',
  'transport.follow': '再生ヘッドを追う',
  'step.marker.add': 'マーカーを追加',
  'step.marker.rename': 'マーカーの名前を変更',
  'step.marker.move': 'マーカーを移動',
  'step.marker.remove': 'マーカーを削除',
  'step.loop.keep': 'ループを保存',
  'step.loop.forget': '保存したループを削除',
  'shortcut.marker': '再生ヘッドにマーカーを追加',
  'shortcut.markerBack': '前のマーカーへ',
  'shortcut.markerForward': '次のマーカーへ',
  'shortcut.loopSlot': '保存したループを再生（空きなら選択範囲を保存）',
  'shortcut.focus': '選択したトラックを大きく表示・元に戻す',
  'shortcut.follow': '再生ヘッドを追う・追わない',
};
