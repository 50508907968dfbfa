import { windowFrames } from './frame-separator.js';
import type { ModelManifest } from './manifest.js';
import { chainOf } from './mask-lanes.js';
import type { SeparatorInfo } from './separator.js';

/** What a manifest says about cutting a song, without any graph loaded. */
export function separatorInfo(manifest: ModelManifest): SeparatorInfo {
  const { order, residual } = manifest.stems;
  return {
    sampleRate: manifest.audio.sampleRate,
    channels: manifest.audio.channels,
    stems: order,
    residualStem: residual,
    segment: {
      ...manifest.segment,
      chain: chainOf(manifest),
      ...(manifest.segment.plan === 'frames' && manifest.stft && { grid: manifest.stft }),
    },
    needsStats: manifest.audio.globalNorm !== 'none',
    ...(hearsSongs(manifest) && {
      sharing: { parts: manifest.graphs.length, excerpt: windowFrames(manifest) },
    }),
  };
}

/** Whether its graphs take songs of any length as a whole. */
export function hearsSongs({ segment }: ModelManifest): boolean {
  return segment.plan === 'frames' && !segment.fixed;
}
