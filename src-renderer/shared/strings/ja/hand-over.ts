import type { handOver as english } from '../en/hand-over.js';

/** Texts of what other programs are given, and of what goes to another machine, in Japanese. */
export const handOver: Readonly<Record<keyof typeof english, string>> = {
  'export.selection': '「{name}」の選択範囲',
  'export.selectionNone': '選択範囲',
  'export.dawproject': 'DAWproject',
  'export.reaper': 'Reaper プロジェクト',
  'export.dawproject.hint':
    'Bitwig Studio、Cubase、Studio One などで開けるファイルです。編集済みのステム（WAV）と、名前、色、レベル、パン、ミュート、ソロ、レベルのオートメーションを含みます。',
  'export.reaper.hint':
    '1 つのフォルダーを収めた zip です。.rpp と編集済みのステム（WAV）、名前、色、レベル、パン、ミュート、ソロ、レベルのオートメーションを含みます。Reaper で開く前に展開してください。',
  'export.project': 'プロジェクト全体（1 つの zip）',
  'export.project.hint':
    '曲、ステム、編集、すべての設定を含むプロジェクトです。別のコンピューターで作業を続けられます。移動先でプロジェクトの一覧から開くか、展開してフォルダーを開いてください。',
  'palette.collect': 'すべてを 1 つの zip にまとめる',
  'project.unpack': 'まとめたプロジェクト（.zip）を開く…',
};
