/** Texts of the edits that are seen on the picture. */
export const shownEdits = {
  'shown.edit': 'Edit {number}: {words}',
  'shown.all': 'Show edits',
  'shown.choose': 'Show edit {number} on the picture',
  'shown.listen': 'Hear what edit {number} covers',
  'shown.leave': 'Choose no edit',
  'shortcut.showEdits': 'Show edits on the picture or not (Alt-click chooses one)',
  'shortcut.editBefore': 'Choose the previous edit',
  'shortcut.editAfter': 'Choose the next edit',
} as const;
