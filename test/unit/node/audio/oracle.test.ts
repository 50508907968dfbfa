import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CodecClient } from '../../../../src-main/node/audio/codec-client.js';
import {
  bestLag,
  cacheOf,
  largestDifference,
  planesOf,
  testFolder,
  testSignal,
} from '../../../fixtures/audio/caches.js';

const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** Another FFmpeg's opinion of our files: interleaved float32, split into planes. */
function oracle(path: string, channels: number): Float32Array[] {
  const raw = execFileSync(
    'ffmpeg',
    ['-v', 'error', '-i', `file:${path}`, '-map', '0:a:0', '-f', 'f32le', '-'],
    {
      maxBuffer: 2 ** 28,
    },
  );
  const samples = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length));
  return Array.from({ length: channels }, (_, c) => samples.filter((_x, i) => i % channels === c));
}

describe.skipIf(!hasFfmpeg)('an independent decoder', () => {
  const dir = testFolder();
  const codec = new CodecClient();
  afterAll(() => codec.dispose());
  const frames = 50_021;
  const planes = testSignal(2, frames).map((plane) => plane.map((x) => Math.round(x * 32768) / 32768));

  it.each(['wav', 'aiff', 'flac', 'alac'] as const)(
    'reads from %s exactly the samples written',
    async (format) => {
      const path = join(dir, `x.${format}`);
      const inputs = [{ ref: cacheOf(dir, planes, 44100), gain: 1 }];
      await codec.encodeSet({
        outputs: [{ path, format, sample: 's16', inputs, tags: {} }],
        dither: 'none',
        seed: 1,
      });
      expect(largestDifference(planes, oracle(path, 2))).toBe(0);
    },
  );

  it.each(['mp3', 'aac', 'vorbis'] as const)(
    'agrees with our decoder about %s, sample by sample',
    async (format) => {
      const path = join(dir, `x.${format}`);
      const inputs = [{ ref: cacheOf(dir, planes, 44100), gain: 1 }];
      await codec.encodeSet({ outputs: [{ path, format, inputs, tags: {} }], dither: 'none', seed: 1 });
      const ours = planesOf((await codec.decode({ path, dir: join(dir, `back-${format}`) })).ref);
      const theirs = oracle(path, 2);
      // Older versions deliver the padding after the end, or miss the end by a block.
      const common = Math.min(frames, theirs[0].length);
      expect(frames - common).toBeLessThan(1024);
      expect(
        largestDifference(
          ours.map((p) => p.subarray(0, common)),
          theirs.map((p) => p.subarray(0, common)),
        ),
      ).toBeLessThan(1e-4);
      expect(bestLag(planes[0], theirs[0], 1200)).toBe(0);
    },
  );
});
