import type { HandOver, HandOverTrack } from '../../../../../src-main/common/jobs/hand-over/hand-over.js';
import { neutralStrip, type MixerStrip } from '../../../../../src-main/common/jobs/mixer.js';

/** A name with everything a format could stumble over. */
export const hardName = `Vo<ca>l & "one" 'two'\nline ½ 🎤`;

export function trackOf(name: string, strip: Partial<MixerStrip> = {}, colour = '#12ab9f'): HandOverTrack {
  return {
    name,
    colour,
    file: `audio/${name.replace(/[^a-z]/g, '') || 'x'}.wav`,
    strip: { ...neutralStrip, ...strip },
  };
}

/** Ten seconds at 1000 Hz, so that frames are milliseconds. */
export function songOf(tracks: readonly HandOverTrack[], more: Partial<HandOver> = {}): HandOver {
  return {
    ...{ name: 'song', version: '1.2.3', tags: {}, sampleRate: 1000, channels: 2 },
    ...{ firstFrame: 0, frames: 10_000, tracks, markers: [], tempo: null },
    ...more,
  };
}
