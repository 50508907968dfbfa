/** Texts about projects on disk. */
export const projects = {
  'app.save': 'Save',
  'projects.openElsewhere':
    '“{name}” is open in another window. If you open it here too, that window no longer saves changes.',
  'app.openElsewhere': '“{name}” is open in another window.',
  'app.takenOver': 'Another window has taken over this song; it is read-only here.',
  'app.takeBack': 'Work on it here',
  'projects.takeOver': 'Open it here',
  'project.saved': 'Saved {time}',
  'project.saving': 'Saving',
  'project.title': 'Projects',
  'project.open': 'Open a project',
  'project.none': 'No projects yet: open a song and save it.',
  'project.choose': 'Choose a folder…',
  'project.lost.title': 'Where is the song?',
  'project.lost.choose': 'Locate the song…',
  'project.recovered': 'The project was not closed properly',
  'project.recovered.applied': 'Changes restored: {count}.',
  'project.recovered.lost':
    'Changes at the end that could not be read: {count}. Their text is in the project folder.',
  'project.recovered.previous':
    'The project file was damaged: this is the state before the last save. The damaged file is in the project folder.',
  'project.recovered.stems': 'The stems are missing: separate the song again.',
  'project.recovered.masks': 'Masks of edits are missing: those edits are turned off.',
  'shortcut.save': 'Save the project',
  'shortcut.saveAs': 'Save as a new project',
  'shortcut.openProject': 'Open a project',
} as const;
