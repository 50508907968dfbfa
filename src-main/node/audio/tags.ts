import type { Stream } from 'node-av/lib';
import type { InputFile } from './input.js';
import { withoutSetId } from './set-id.js';

// What containers keep for themselves, and what stops being true once the audio has changed: loudness and
// gapless notes of the source, its encoder, its checksums.
const dropped =
  /^(replaygain_|r128_|accurip|itunes_|itunsmpb$|itunnorm$|itunpgap$|encoder|encoded_by$|encoded-by$|creation_time$|major_brand$|minor_version$|compatible_brands$|handler_name$|vendor_id$|language$|duration$|number_of_|_statistics|bps(-|$)|timecode$|waveformatextensible_channel_mask$|md5$)/;

/** The tags of a file and of one of its streams (Ogg keeps them there), without the container's own. */
export function readTags(input: InputFile, stream: Stream | null): Record<string, string> {
  const all: Record<string, string> = { ...stream?.metadata?.getAll(), ...input.metadata };
  // A track of many carries its own name and language, which are not the song's.
  if (input.audio.length > 1) Object.assign(all, { title: input.metadata['title'] });
  if (input.container === 'aiff' && all['comment']) all['comment'] = once(all['comment']);
  return cleanTags(withoutSetId(all));
}

/** FFmpeg joins an AIFF's ANNO chunk and its ID3 comment, which usually say the same. */
function once(text: string): string {
  const half = text.slice(0, text.length / 2);
  return half + half === text ? half : text;
}

/** Names that FFmpeg gives to ID3 frames, where other containers have a plainer one. */
const aliases: Readonly<Record<string, string>> = {
  tbpm: 'bpm',
  tkey: 'initialkey',
  tsrc: 'isrc',
  'lyrics-xxx': 'lyrics',
};

/** Lower-case keys; empty values and what no longer holds are left out. */
export function cleanTags(tags: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [key, value] of Object.entries(tags)) {
    const name = aliases[key.toLowerCase()] ?? key.toLowerCase();
    if (value !== undefined && value !== '' && !dropped.test(name)) clean[name] = value.replaceAll('\0', '');
  }
  return clean;
}
