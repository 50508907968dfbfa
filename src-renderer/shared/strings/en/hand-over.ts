/** Texts about what other programs are given, and about what goes to another machine. */
export const handOver = {
  'export.dawproject': 'DAWproject',
  'export.reaper': 'Reaper project',
  'export.dawproject.hint':
    'One file for Bitwig Studio, Cubase, Studio One and others: the stems as WAV with their edits, and names, colours, levels, pans, mutes, solos and the automation of levels.',
  'export.reaper.hint':
    'One zip with a folder: the .rpp and the stems as WAV with their edits, and names, colours, levels, pans, mutes, solos and the automation of levels. Unpack it before opening it in Reaper.',
  'export.project': 'Whole project (one zip)',
  'export.project.hint':
    'The project with the song, the stems, the edits and everything you have set, to go on with on another machine. Open it there from the list of projects, or unpack it and open the folder.',
  'palette.collect': 'Collect everything into one zip',
  'project.unpack': 'Open a collected project (.zip)…',
} as const;
