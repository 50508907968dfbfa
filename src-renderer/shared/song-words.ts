import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { formatTime, kilohertz } from './format.js';
import type { TextKey } from './strings/en/index.js';

type Words = (key: TextKey) => string;
type Tagged = Pick<SessionInfo, 'name' | 'tags'>;

/** A line of a song's details. */
export interface SongFact {
  readonly label: string;
  readonly value: string;
}

/** What a song is called: as a person named it, else as its tags do, else as its file. */
export function songTitle(
  { name, tags }: Tagged,
  saved: { readonly name: string; readonly named: boolean } | null,
): string {
  if (saved?.named) return saved.name;
  return tags['title'] || saved?.name || name;
}

/** Artist and album, as far as the file says them. */
export function songBy({ tags }: Pick<SessionInfo, 'tags'>): string {
  return [tags['artist'] || tags['album_artist'], tags['album']].filter(Boolean).join(' · ');
}

/** Tags that are shown, in their order, by FFmpeg's names. */
const shown = [
  'title',
  'artist',
  'album',
  'album_artist',
  'track',
  'date',
  'genre',
  'composer',
  'bpm',
  'initialkey',
  'comment',
] as const;

/** What the file says of the song. */
export function songTags({ tags }: Pick<SessionInfo, 'tags'>, t: Words): SongFact[] {
  return shown.flatMap((key) => {
    const value = tags[key];
    return value ? [{ label: t(`song.${key}`), value }] : [];
  });
}

/** What its sound is. */
export function songFacts(info: SessionInfo, t: Words): SongFact[] {
  const { frames, sampleRate, channels, codec, bitDepth } = info;
  return [
    { label: t('song.file'), value: info.name },
    { label: t('song.length'), value: formatTime(frames / sampleRate, 1) },
    { label: t('song.sound'), value: `${kilohertz(sampleRate)} · ${channels} ch` },
    { label: t('song.format'), value: bitDepth ? `${codec} ${bitDepth} bit` : codec },
  ];
}
