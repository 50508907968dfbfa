import type { projects as english } from '../en/projects.js';

/** Texts of projects on disk, in Japanese. */
export const projects: Readonly<Record<keyof typeof english, string>> = {
  'app.save': '保存',
  'projects.openElsewhere':
    '「{name}」は別のウィンドウで開いています。ここでも開くと、そのウィンドウでは変更が保存されなくなります。',
  'app.openElsewhere': '「{name}」は別のウィンドウで開いています。',
  'app.takenOver': '別のウィンドウがこの曲を引き継ぎました。ここでは読み取り専用です。',
  'app.takeBack': 'ここで編集する',
  'projects.takeOver': 'ここで開く',
  'project.saved': '{time} に保存しました',
  'project.saving': '保存中',
  'project.title': 'プロジェクト',
  'project.open': 'プロジェクトを開く',
  'project.none': 'プロジェクトはまだありません。曲を開いて保存してください。',
  'project.choose': 'フォルダを選択…',
  'project.lost.title': '曲はどこにありますか？',
  'project.lost.choose': '曲を探す…',
  'project.recovered': 'プロジェクトが正常に閉じられませんでした',
  'project.recovered.applied': '復元した変更：{count} 件。',
  'project.recovered.lost': '読み込めなかった末尾の変更：{count} 件。内容はプロジェクトフォルダにあります。',
  'project.recovered.previous':
    'プロジェクトファイルが壊れていたため、最後に保存する前の状態を表示しています。壊れたファイルはプロジェクトフォルダにあります。',
  'project.recovered.stems': 'ステムが見つかりません。曲をもう一度分離してください。',
  'project.recovered.masks': '編集のマスクが見つかりません。該当する編集はオフになっています。',
  'shortcut.save': 'プロジェクトを保存',
  'shortcut.saveAs': '新しいプロジェクトとして保存',
  'shortcut.openProject': 'プロジェクトを開く',
};
