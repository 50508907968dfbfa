import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createResampler } from '../../src-main/common/dsp/resample.js';
import type { MaskSeparator } from '../../src-main/common/separation/classic/masking.js';
import { type SegmentFactors } from '../../src-main/common/separation/classic/masking.js';
import { createClassic } from '../../src-main/common/separation/classic/registry.js';
import { InProcess, jsonLines, testFolder } from './support/run.js';
import { song, writeWav } from './support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const at = (name: string): string => join(dir, name);
const rate = 22_050;
const planes = song(2, 30 * rate, rate);
const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0,
);

beforeAll(() => {
  writeWav(at('song.wav'), planes, rate, '32f');
});

/** The factors of samples `[from, from + count)` at the separator's rate, zeros after the song. */
function direct(id: string, from: number, count: number): SegmentFactors {
  const separator = createClassic(id) as MaskSeparator;
  const resampler = createResampler(rate, 44_100);
  const heard = planes.map((plane) => {
    const [out, total] = [new Float32Array(count), 60 * rate];
    const range = resampler.inputRange(from, count);
    const raw = Float32Array.from({ length: range.count }, (_, i) => plane[range.start + i] ?? 0);
    resampler.process(raw, range.start, from, count, out);
    return out.map((x, i) => (from + i < total ? x : 0));
  });
  return separator.factors(heard)!;
}

const run = (...args: string[]): ReturnType<InProcess['run']> =>
  cli.run(['separate', at('song.wav'), '-o', at('out'), ...args]);

describe('unbraid separate --factors', () => {
  it.skipIf(python === undefined)('writes W and H of every piece, as NumPy reads them', async () => {
    const id = 'nmf:components=5:iterations=20';
    const { code, out, err } = await run('-m', id, '--factors', '--json');
    expect(code, err).toBe(0);
    const file = at('out/song/song [nmf factors].npz');
    const event = jsonLines(out).find((line) => line.event === 'factors');
    expect(event).toMatchObject({ path: file, pieces: 2, components: 5 });

    const script = `
import json, sys, numpy
z = numpy.load(sys.argv[1])
print(json.dumps({k: z[k].tolist() for k in z.files}))`;
    const { stdout, stderr } = spawnSync(python!, ['-c', script, file], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(stderr).toBe('');
    const arrays = JSON.parse(stdout) as Record<string, unknown>;
    const numbers = (name: string): number[] => arrays[name] as number[];
    const segment = createClassic(id).info.segment.length;
    const step = Math.round(0.8 * segment);
    for (const [piece, start] of [0, step].entries()) {
      const factors = direct(id, start, segment);
      const { bins, frames, components, templates, activations, stems } = factors;
      const [w, h] = [`W${piece}`, `H${piece}`].map((name) => arrays[name] as number[][]);
      expect([w.length, w[0].length, h.length, h[0].length]).toEqual([bins, 5, 5, frames]);
      // Column k is the component that comes k-th when they are sorted by their stems.
      const order = stems.map((_, k) => k).sort((a, b) => stems[a] - stems[b] || a - b);
      order.forEach((from, k) => {
        expect(w.map((row) => row[k])).toEqual([...templates.subarray(from * bins, (from + 1) * bins)]);
        expect(h[k]).toEqual(h[k].map((_, f) => activations[f * components + from]));
      });
      const names = ['drums', 'bass', 'other'];
      expect(arrays[`stems${piece}`]).toEqual(order.map((k) => names[stems[k]]));
      expect(numbers(`times${piece}`)[10]).toBeCloseTo((start + 10 * 1024) / 44_100, 9);
      expect(arrays[`channels${piece}`]).toEqual([0, 1]);
    }
    expect(numbers('part1')[1]).toBeCloseTo(30, 6);
    expect(numbers('frequencies')[100]).toBeCloseTo((100 * 44_100) / 2048, 9);

    // The same again: stems and factors are there.
    const again = await run('-m', id, '--factors', '--json');
    expect(again.code, again.err).toBe(0);
    expect(jsonLines(again.out).some((line) => line.event === 'factors')).toBe(false);
  });

  it('is refused for separators that do not factorize, before any work', async () => {
    const { code, err } = await run('-m', 'hpss', '--factors');
    expect([code, existsSync(at('out/song/song [harmonic].wav'))]).toEqual([2, false]);
    expect(err).toContain('--factors');
  });

  it('does not replace a file that somebody has put there', async () => {
    const request = {
      ...{ job: 'factors', source: at('song.wav'), output: at('song.wav') },
      settings: { model: 'nmf:components=2:iterations=1' },
    };
    await expect(cli.client.factors(request)).rejects.toMatchObject({ code: 'output-exists' });
    await expect(
      cli.client.factors({ ...request, output: at('x.npz'), settings: { model: 'hpss' } }),
    ).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(existsSync(at('x.npz'))).toBe(false);
  });
});
