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
  'project.saved': '{time} に保存しました（変更はすべて記録済み）',
  'project.title': 'プロジェクト',
  'project.open': 'プロジェクトを開く',
  'project.none': 'プロジェクトはまだありません。開いた曲はすべてプロジェクトになります。',
  'project.choose': 'フォルダーを選択…',
  'project.lost.title': '曲はどこにありますか？',
  'project.lost.choose': '曲を探す…',
  'project.recovered': 'プロジェクトが正常に閉じられませんでした',
  'project.recovered.partly': '一部を復元できませんでした',
  'project.recovered.applied': '復元した変更：{count} 件。',
  'project.recovered.lost':
    '読み込めなかった末尾の変更：{count} 件。内容はプロジェクトフォルダーにあります。',
  'project.recovered.previous':
    'プロジェクトファイルが壊れていたため、最後に保存する前の状態を表示しています。壊れたファイルはプロジェクトフォルダーにあります。',
  'project.recovered.stems': 'ステムが見つかりません。曲をもう一度分離してください。',
  'project.recovered.drawing':
    '描いた内容の一部を読み込めないため除外しました。プロジェクトフォルダーの drawn.damaged.json にあります。',
  'project.recovered.masks': '編集のマスクが見つかりません。該当する編集はオフになっています。',
  'shortcut.save': 'プロジェクトを保存',
  'shortcut.saveAs': '新しいプロジェクトとして保存',
  'shortcut.openProject': 'プロジェクトを開く',
  'project.saveName': 'プロジェクトの名前',
  'project.saveWhere': '「すべてのプロジェクト」に表示され、変更はすべてそこに保存されます。',
  'project.reopened': 'この曲は以前に開かれています。続きから表示しています。',
  'project.startAgain': 'ファイルから始め直す',
  'project.kept': '変更はすべて記録済み',
  'project.keptHint':
    '名前なしでこのコンピューターに記録されています。「保存」で名前と保存場所が決まります。',
  'project.keeping': '変更を記録しています…',
  'project.notKept': '記録できません：{reason}',
  'project.elsewhere': '別のウィンドウで編集中：ここでは表示のみ',
  'project.retry': '再試行',
  'project.unnamed': '名前を付けて保存していません',
  'project.noStems': '未分離',
  'project.running': '分離中',
  'project.rename': '{name} の名前を変更',
  'project.renameTitle': '曲の名前を変更',
  'project.newName': '新しい名前',
  'project.delete': '{name} を削除',
  'project.deleteTitle': '「{name}」を削除しますか？',
  'project.deleteAsk':
    'ステム、編集、ミキサー設定は完全に削除されます。開いた音声ファイルはそのまま残ります。',
  'project.deleteYes': '削除',
  'project.keepIt': '残す',
  'project.wouldLose': '最新の変更を記録できず、失われます。{reason}',
  'project.loseIt': '破棄して続ける',
  'project.interrupted': 'Unbraid の終了により分離が中断されました。',
  'project.separateOn': '今すぐ分離',
  'project.home': 'すべてのプロジェクト',
  'room.title': '名前のない曲の保存容量',
  'room.used': '{used} を使用中',
  'room.limit': '上限（GiB）',
  'room.mayDelete': 'いっぱいになったら、最も長く使っていない曲から削除する',
  'room.full':
    '名前のない曲が {limit} を超えています。最も長く使っていない曲から削除してもよいですか？ 対象：{names}',
  'room.delete': '今後も含めて削除する',
  'connection.away':
    'Unbraid が応答しません。「unbraid serve --port {port}」で起動し直すと、このページは自動的に再開します。',
  'connection.refused':
    'Unbraid は再び動作していますが、このページを認識していません。「unbraid serve --port {port}」をもう一度実行し、表示されたアドレスを開いてください。',
  'shortcut.allProjects': 'すべてのプロジェクトを表示',
};
