/** Texts of what can be exported. */
export const exportKinds = {
  'export.stems': 'Stems for a DAW',
  'export.stems.hint':
    'One file for each stem, as separated and edited. Gains, pans, mutes and automation are not applied, so the files add up to the song.',
  'export.stemsWanted': 'Stems to write',
  'export.karaoke': 'Karaoke',
  'export.karaoke.hint': 'Everything but the vocals, as one file.',
  'export.acappella': 'A cappella',
  'export.acappella.hint': 'Only the vocals, as one file.',
  'export.practice': 'Practice mix',
  'export.practice.hint': 'All stems as one file, with the one you play turned down.',
  'export.practice.stem': 'Turn down',
  'export.practice.dB': 'By, dB',
  'export.dj': 'DJ stem file',
  'export.dj.hint':
    'One file with the mix and its four stems, for Traktor and other DJ programs. It needs exactly four stems.',
  'export.mix': 'Mix as heard',
  'export.mix.hint': 'What you hear, as one file: gains, pans, mutes, solos and automation apply.',
  'export.selection.hint': 'What is selected in this lane, as one file from its first sample to its last.',
  'export.asMixed': 'Apply gains, pans and automation of the mixer (mutes and solos do not count)',
  'export.levels': 'Levels in this mix: {levels}',
  'export.level': '{name} {dB} dB',
  'export.level.automated': '{name} {dB} dB with automation',
  'export.level.silent': '{name} silent',
  'export.drag': 'Drag a file to where you want it: a folder, or another program.',
  'export.zip': 'Download as one zip',
  'export.download': 'Download',
} as const;
