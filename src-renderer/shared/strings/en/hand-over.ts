/** Texts about what other programs are given, and about what goes to another machine. */
export const handOver = {
  'export.selection': 'The selection in “{name}”',
  'export.selectionNone': 'What is selected',
  'export.dawproject': 'DAWproject',
  'export.reaper': 'Reaper project',
  'export.dawproject.hint':
    'One file for Bitwig Studio, Cubase, Studio One and others: the edited stems as WAV, with names, colours, levels, pans, mutes, solos and level automation.',
  'export.reaper.hint':
    'One zip with a folder: the .rpp and the edited stems as WAV, with names, colours, levels, pans, mutes, solos and level automation. Unpack it before you open it in Reaper.',
  'export.project': 'Whole project (one zip)',
  'export.project.hint':
    'The project with the song, the stems, the edits and all settings, to continue on another machine. Open it there from the list of projects, or unpack it and open the folder.',
  'palette.collect': 'Collect everything into one zip',
  'project.unpack': 'Open a collected project (.zip)…',
} as const;
