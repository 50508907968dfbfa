import { UnbraidError } from '../../../common/base/errors.js';
import { FileBytes } from '../../files/file-bytes.js';
import type { InputFile } from '../input.js';
import { StreamDecoder } from '../stream-decoder.js';
import { ChainDecoder } from './chain-decoder.js';
import { lateStart } from './claim.js';
import { LateSource } from './late-source.js';
import { encryptedTracks } from './mp4.js';
import { PcmDecoder } from './pcm-decoder.js';
import { checkShape } from './pcm-layout.js';
import type { SampleSource } from './sample-source.js';

/**
 * The reader for a track of an open file: straight from the bytes, link by link, or through FFmpeg.
 *
 * @throws invalid-argument (no such track), unsupported-format, damaged-audio
 */
export function openSource(input: InputFile, track = input.defaultTrack): SampleSource {
  const { path, survey } = input;
  input.checkTrack(track);
  if (survey.pcm) return new PcmDecoder(FileBytes.open(path), survey.pcm);
  if (survey.ogg && survey.ogg.links.length > 1) return new ChainDecoder(path, survey.ogg.links);
  const stream = input.track(track);
  refuseEncrypted(input, track);
  // Some codecs learn their rate and channels from the first packet only.
  const { sampleRate, channels } = stream.codecpar;
  if (sampleRate > 0 && channels > 0) checkShape(sampleRate, channels, path);
  const decoder = new StreamDecoder(input, stream);
  const offset = lateStart(input, stream);
  return offset > 0 ? new LateSource(decoder, offset) : decoder;
}

function refuseEncrypted(input: InputFile, track: number): void {
  if (input.container !== 'mov') return;
  const { path, span } = input.survey;
  const file = FileBytes.open(path);
  try {
    if (!encryptedTracks(file, span.start, span.end).has(input.track(track).id)) return;
  } finally {
    file.dispose();
  }
  throw new UnbraidError('unsupported-format', 'The sound is encrypted (protected by DRM)', {
    file: path,
    hint: 'Only the shop or player it comes from can open it.',
  });
}
