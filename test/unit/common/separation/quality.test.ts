import { describe, expect, it } from 'vitest';
import { parseManifest, type ModelManifest } from '../../../../src-main/common/separation/manifest.js';
import { presetNames, type PresetName } from '../../../../src-main/common/separation/presets.js';
import { withQuality } from '../../../../src-main/common/separation/quality.js';
import { anyHash } from '../../../fixtures/manifests.js';

function preset(name: PresetName, length?: number): ModelManifest {
  return parseManifest({
    ...{ schema: 'unbraid-model/2', preset: name, id: 'test', name: 'Test' },
    license: { weights: 'none', redistributable: false },
    ...(length !== undefined && { segment: { length } }),
    graphs: [{ file: 'model.onnx', sha256: anyHash, stems: ['vocals'] }],
    stems: { order: ['vocals'], residual: 'accompaniment' },
  });
}

describe('another length of segments', () => {
  it.each(presetNames)('%s: what follows from the length stays right', (name) => {
    const own = preset(name);
    for (const seconds of [0.5, 1, 3, 7.77, 60]) {
      const { segment, stft } = withQuality(own, { segment: seconds });
      // A manifest of this length works its paddings out anew, and must find the same.
      const meant = preset(name, segment.length);
      expect(stft).toEqual(meant.stft);
      expect(segment).toEqual({ ...meant.segment });
      const hop = stft?.hop ?? 1;
      const step = segment.plan === 'frames' ? 300 * hop : 2 * hop;
      const least = Math.max(2 * segment.edge + hop, stft ? stft.nFft + 2 * hop : 1) / 44_100;
      const wanted = Math.max(seconds, least);
      expect(Math.abs(segment.length / 44_100 - wanted)).toBeLessThanOrEqual(step / 44_100);
    }
  });

  it('is the model’s own when none is asked for', () => {
    const own = preset('htdemucs-hybrid');
    expect(withQuality(own, { overlap: 0.5 }).segment).toEqual({ ...own.segment, overlap: 0.5 });
  });
});
