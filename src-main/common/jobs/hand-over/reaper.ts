import { dbToGain } from '../../base/units.js';
import { envelopeCurve } from './curve.js';
import { decimal, tempoOf, wellFormed, type HandOver, type HandOverTrack } from './hand-over.js';

/**
 * A text of an .rpp file, in quotes: double ones, single ones or backticks, whichever it does not hold itself. A
 * text that has all three gets its backticks as single quotes. Lines end where the file's do, so breaks are blanks.
 */
export function quoteRpp(text: string): string {
  // eslint-disable-next-line no-control-regex
  const line = wellFormed(text).replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ');
  const quote = ['"', "'", '`'].find((sign) => !line.includes(sign));
  return quote === undefined ? `\`${line.replaceAll('`', "'")}\`` : `${quote}${line}${quote}`;
}

/**
 * `#rrggbb` as PEAKCOL has it: 0x1000000 says that there is a colour, then blue, green, red (the order of Windows
 * and Linux; macOS takes red for blue).
 */
export function peakColour(colour: string): number {
  const rgb = Number.parseInt(colour.slice(1), 16);
  const [red, green, blue] = [rgb >> 16, (rgb >> 8) & 255, rgb & 255];
  return 0x1000000 | (blue << 16) | (green << 8) | red;
}

/**
 * A song as the text of an .rpp file: one track per stem with one item. Fader and envelope multiply (trim/read), the
 * pan is a balance with nothing taken off in the centre, as the mixer here does it.
 */
export function reaperProject(song: HandOver): string {
  const lines = [
    '<REAPER_PROJECT 0.1 "6.0" 0',
    '  RIPPLE 0',
    '  AUTOXFADE 0',
    '  PANLAW 1',
    '  PANMODE 3',
    `  SAMPLERATE ${song.sampleRate} 1 0`,
    `  TEMPO ${tempoOf(song)} ${song.tempo?.perBar ?? 4} 4`,
    ...song.markers.map(
      ({ name, seconds }, n) => `  MARKER ${n + 1} ${decimal(seconds)} ${quoteRpp(name)} 0`,
    ),
    ...song.tracks.flatMap((track) => trackLines(song, track)),
    '>',
  ];
  return `${lines.join('\n')}\n`;
}

function trackLines(song: HandOver, { name, colour, file, strip }: HandOverTrack): string[] {
  const { mute, solo, soloSafe, pan, gainDb } = strip;
  const flags = [mute, solo, soloSafe].map(Number).join(' ');
  return [
    '  <TRACK',
    `    NAME ${quoteRpp(name)}`,
    `    PEAKCOL ${peakColour(colour)}`,
    '    AUTOMODE 0',
    `    VOLPAN ${decimal(dbToGain(gainDb))} ${decimal(pan)} -1 -1 1`,
    `    MUTESOLO ${flags}`,
    // Tracks have an even number of channels.
    `    NCHAN ${2 * Math.ceil(song.channels / 2)}`,
    '    MAINSEND 1 0',
    ...volumeLines(song, strip.automation),
    '    <ITEM',
    '      POSITION 0',
    `      LENGTH ${decimal(song.frames / song.sampleRate)}`,
    '      LOOP 0',
    '      FADEIN 1 0 0 1 0 0 0',
    '      FADEOUT 1 0 0 1 0 0 0',
    '      MUTE 0 0',
    `      NAME ${quoteRpp(name)}`,
    '      VOLPAN 1 0 1 -1',
    '      SOFFS 0',
    '      PLAYRATE 1 1 0 -1 0 0.0025',
    '      CHANMODE 0',
    '      <SOURCE WAVE',
    `        FILE ${quoteRpp(file)}`,
    '      >',
    '    >',
    '  >',
  ];
}

/** The volume envelope: `PT seconds factor shape`, shape 0 being a line. */
function volumeLines(
  { sampleRate, firstFrame, frames }: HandOver,
  automation: HandOverTrack['strip']['automation'],
): string[] {
  const curve = envelopeCurve(automation, sampleRate, { start: firstFrame, count: frames });
  if (curve.length === 0) return [];
  return [
    '    <VOLENV2',
    '      ACT 1 -1',
    '      VIS 1 1 1',
    '      LANEHEIGHT 0 0',
    '      ARM 0',
    '      DEFSHAPE 0 -1 -1',
    ...curve.map(({ seconds, gain }) => `      PT ${decimal(seconds)} ${decimal(gain)} 0`),
    '    >',
  ];
}
