/** Texts about projects on disk. */
export const projects = {
  'app.save': 'Save',
  'projects.openElsewhere':
    '“{name}” is open in another window. Opened here as well, that window keeps no more changes.',
  'app.openElsewhere': '“{name}” is open in another window.',
  'app.takenOver': 'Another window has taken this song over: here it can only be looked at.',
  'app.takeBack': 'Work on it here',
  'projects.takeOver': 'Open it here',
  'project.saved': 'Saved {time}',
  'project.saving': 'Saving',
  'project.title': 'Projects',
  'project.open': 'Open a project',
  'project.none': 'There is no project yet: open a song and save it.',
  'project.choose': 'Choose a folder…',
  'project.lost.title': 'Where is the song?',
  'project.lost.choose': 'Choose the song…',
  'project.recovered': 'The project was not closed in the usual way',
  'project.recovered.applied': 'Changes that are there again: {count}.',
  'project.recovered.lost':
    'Changes at the end that could not be read: {count}. Their text is in the project’s folder.',
  'project.recovered.previous':
    'The project’s file was damaged: this is the state before its last save. The damaged file is in the project’s folder.',
  'project.recovered.stems': 'The stems are not there any more: separate the song again.',
  'project.recovered.masks': 'Masks of edits are missing: those edits are switched off.',
  'shortcut.save': 'Save the project',
  'shortcut.saveAs': 'Save as another project',
  'shortcut.openProject': 'Open a project',
} as const;
