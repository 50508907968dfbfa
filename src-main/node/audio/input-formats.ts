/**
 * The containers that may be opened, by FFmpeg's demuxer names. Whatever can make FFmpeg open another file or
 * the network stays out (hls, dash, concat, image sequences, playlists, sdp, rtsp), and so do pictures and text.
 */
const audioContainers = [
  ...[
    'wav',
    'w64',
    'aiff',
    'caf',
    'au',
    'flac',
    'mp3',
    'aac',
    'loas',
    'ac3',
    'eac3',
    'dts',
    'dtshd',
    'truehd',
  ],
  ...['ogg', 'wv', 'ape', 'tta', 'tak', 'shn', 'mpc', 'mpc8', 'oma', 'aea', 'dsf', 'iff', 'amr', 'amrnb'],
  ...['voc', 'sox', 'nut', 'pvf', 'ircam', 'avr', 'paf', 'epaf', 'qoa', 'osq', 'bonk', 'rka', 'laf', 'ast'],
  ...['mmf', 'rso', 'xwma', 'gsm', 'g722', 'sbc', 'mlp', 'vqf', 'qcp', 'aa', 'aax', 'hcom', 'sds'],
] as const;

const videoContainers = [
  'mov',
  'matroska',
  'webm',
  'asf',
  'avi',
  'flv',
  'mpegts',
  'mpeg',
  'rm',
  'mxf',
  'gxf',
  'wtv',
];

/** FFmpeg's `format_whitelist`. */
export const formatWhitelist = [...audioContainers, ...videoContainers].join(',');

/** Containers that state no length: FFmpeg's duration is a guess from the bit rate or time stamps. */
const guessing = new Set([
  'aac',
  'loas',
  'ac3',
  'eac3',
  'dts',
  'dtshd',
  'truehd',
  'mlp',
  'mpegts',
  'mpeg',
  'amr',
]);

/** Containers that state the length to the sample. */
const exact = new Set([
  'wav',
  'w64',
  'aiff',
  'caf',
  'au',
  'flac',
  'ogg',
  'wv',
  'ape',
  'tta',
  'mov',
  'dsf',
  'qoa',
]);

/** How far to trust a container's duration: to the sample, roughly, or not at all. */
export function durationTrust(container: string): 'exact' | 'rough' | 'none' {
  if (exact.has(container)) return 'exact';
  return guessing.has(container) ? 'none' : 'rough';
}

/** Beginnings of files that are something else (bytes as Latin-1). */
const signatures: readonly (readonly [string, string])[] = [
  ['a JPEG picture', '\xff\xd8\xff'],
  ['a PNG picture', '\x89PNG'],
  ['a GIF picture', 'GIF8'],
  ['a PDF document', '%PDF'],
  ['a ZIP archive', 'PK\x03\x04'],
  ['a gzip archive', '\x1f\x8b'],
  ['a program', '\x7fELF'],
  ['a program', 'MZ'],
  ['an HLS or M3U playlist', '#EXTM3U'],
  ['an FFmpeg concat script', 'ffconcat'],
  ['a Git LFS pointer, not the file it stands for', 'version https://git-lfs'],
  ['a web page', '<!doctype html'],
  ['a web page', '<html'],
  ['an XML document', '<?xml'],
  ['a MIDI file, which holds notes and no audio', 'mthd'],
];

/** Beginnings of audio files that could not be opened all the same. */
const audioSignatures = [
  ...['RIFF', 'RF64', 'riff', 'FORM', 'caff', 'fLaC', 'OggS', 'ID3', 'wvpk', 'MAC ', 'TTA1', '.snd', 'RIFX'],
  ...['\xff\xfb', '\xff\xf3', '\xff\xf1', '\x1aE\xdf\xa3', '0&\xb2u'],
];

/** What the first bytes of a file look like: whether they start like audio, and a name for anything else. */
export function describeHead(head: Buffer): { looksLikeAudio: boolean; found: string } {
  const text = head.toString('latin1');
  if (head.length === 0) return { looksLikeAudio: false, found: 'an empty file (0 bytes)' };
  const lower = text
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart()
    .toLowerCase();
  const other = signatures.find(
    ([, start]) => text.startsWith(start) || lower.startsWith(start.toLowerCase()),
  );
  if (other) return { looksLikeAudio: false, found: other[0] };
  if (audioSignatures.some((start) => text.startsWith(start)) || text.startsWith('ftyp', 4))
    return { looksLikeAudio: true, found: 'damaged audio' };
  if (head.every((byte) => byte === 0)) return { looksLikeAudio: false, found: 'nothing but zeros' };
  const isText = head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
  return { looksLikeAudio: false, found: isText ? 'text' : 'unknown data' };
}
