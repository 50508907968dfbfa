/** Texts about where sound goes. */
export const output = {
  'output.title': 'Audio output',
  'output.system': 'System default',
  'output.ask': 'Choose another…',
  'output.lost': '“{name}” is not available: audio goes to the system default until it is back.',
  'output.none':
    'The browser plays no sound. Connect headphones or speakers, then play again. Everything else works.',
  'output.unsupported': 'This browser cannot send a page’s audio to another output.',
  'output.unnamed': 'This browser does not list its outputs to this page; audio goes to the system default.',
  'meter.clipped': '{name}: clipped. Click to reset',
  'meter.clean': '{name}: not clipped',
  'loudness.reading': 'Loudness of the mix: short-term {shortTerm}, integrated {integrated} LUFS',
  'loudness.help':
    'The last 3 seconds, and everything since playback began (ITU-R BS.1770). Click to start again.',
  'loudness.anew': 'Start measuring again',
} as const;
