import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CodecClient } from '../../../../src-main/node/audio/codec-client.js';
import { cacheOf, testFolder, testSignal } from '../../../fixtures/audio/caches.js';

const dir = testFolder();
const codec = new CodecClient();
afterAll(() => codec.dispose());
let count = 0;

const frames = 70_000;
const source = testSignal(2, frames).map((plane) => plane.map((x) => Math.round(x * 32768) / 32768));
const shares = [0.5, 0.3, 0.2];
const stems = shares.map((share) =>
  cacheOf(
    dir,
    source.map((plane) => plane.map((x) => x * share)),
    44100,
  ),
);
const sourceRef = cacheOf(dir, source, 44100);

async function nullOf(
  sample: 's16' | 's24' | 'f32',
  options: { conserve: boolean; gain?: number; dither?: 'tpdf' | 'none' },
) {
  const { conserve, gain = 1, dither = 'tpdf' } = options;
  const outputs = stems.map((ref) => ({
    ...{
      path: join(dir, `set-${count++}.wav`),
      format: 'wav' as const,
      sample,
      inputs: [{ ref, gain }],
      tags: {},
    },
  }));
  await codec.encodeSet({
    outputs,
    dither,
    seed: 3,
    ...(conserve ? { conserve: { source: sourceRef, gain, balance: 2 } } : {}),
  });
  const expected = outputs.map(({ path }) => ({
    path,
    expectFrames: frames,
    sampleRate: 44100,
    channels: 2,
  }));
  return (await codec.verify({ source: sourceRef, gain, outputs: expected, sum: true })).nullDb;
}

describe('a complete set', () => {
  it('conserved on the source grid sums to the source exactly, dither and all', async () => {
    expect(await nullOf('s16', { conserve: true })).toBe(-999);
    expect(await nullOf('s24', { conserve: true })).toBe(-999);
  });

  it('conserved under a gain is off by less than half a level', async () => {
    expect(await nullOf('s16', { conserve: true, gain: 0.7 })).toBeLessThan(-84);
  });

  it('not conserved carries the noise of every stem', async () => {
    expect(await nullOf('s16', { conserve: false })).toBeGreaterThan(-80);
  });

  it('of float files sums to the source within float32', async () => {
    expect(await nullOf('f32', { conserve: true })).toBeLessThan(-140);
  });
});

describe('verify', () => {
  const write = async (): Promise<string> => {
    const path = join(dir, `verify-${count++}.flac`);
    await codec.encodeSet({
      outputs: [{ path, format: 'flac', inputs: [{ ref: stems[0], gain: 1 }], tags: {} }],
      dither: 'none',
      seed: 1,
    });
    return path;
  };
  it.each([
    ['length, too short', { expectFrames: frames - 1 }],
    ['length, too long', { expectFrames: frames + 1 }],
    ['rate', { sampleRate: 48000 }],
    ['channels', { channels: 1 }],
    ['readability', { path: join(dir, 'missing.flac') }],
  ])('names the file whose %s is wrong', async (_what, wrong) => {
    const right = { path: await write(), expectFrames: frames, sampleRate: 44100, channels: 2 };
    await expect(
      codec.verify({ source: null, gain: 1, outputs: [right], sum: false }),
    ).resolves.toMatchObject({
      nullDb: null,
    });
    const output = { ...right, ...wrong };
    await expect(
      codec.verify({ source: null, gain: 1, outputs: [output], sum: false }),
    ).rejects.toMatchObject({ code: 'verify-failed', file: output.path });
  });
});

describe('loudness', () => {
  const measure = (planes: Float32Array[], rate = 48000, gain = 1) =>
    codec.loudness([{ ref: cacheOf(dir, planes, rate), gain }]);
  const sine = (channels: number, amplitude: number, seconds: number, rate = 48000) =>
    Array.from({ length: channels }, () =>
      Float32Array.from(
        { length: seconds * rate },
        (_, i) => amplitude * Math.sin((2 * Math.PI * 997 * i) / rate),
      ),
    );

  it('a stereo 997 Hz sine at −23 dBFS measures −23 LUFS (EBU Tech 3341, case 1)', async () => {
    const { integratedLufs, rangeLu } = await measure(sine(2, 10 ** (-23 / 20), 10));
    expect(integratedLufs).toBeCloseTo(-23, 1);
    expect(rangeLu).toBeLessThan(0.1);
  });

  it('mono is 3 dB less than the same in stereo, and 5.1 works', async () => {
    expect((await measure(sine(1, 10 ** (-23 / 20), 5))).integratedLufs).toBeCloseTo(-26, 1);
    expect(Number.isFinite((await measure(sine(6, 0.1, 5))).integratedLufs)).toBe(true);
  });

  it('silence is −70 LUFS, and one sample has a peak', async () => {
    expect(await measure([new Float32Array(96000)])).toMatchObject({
      integratedLufs: -70,
      rangeLu: 0,
      samplePeak: 0,
    });
    expect(await measure([Float32Array.of(0.5)])).toMatchObject({ integratedLufs: -70, samplePeak: 0.5 });
  });

  it('finds a true peak between samples, in the last incomplete block too', async () => {
    const quarter = Float32Array.from({ length: 48000 * 2 + 100 }, (_, i) =>
      i < 96000 ? 0 : Math.sin((Math.PI / 2) * i + Math.PI / 4),
    );
    const { truePeakDb, samplePeak } = await measure([quarter]);
    expect(samplePeak).toBeCloseTo(Math.SQRT1_2, 4);
    expect(truePeakDb).toBeGreaterThan(-1.5);
  });

  it('sums its inputs with their gains', async () => {
    const ref = cacheOf(dir, sine(2, 0.2, 5), 48000);
    const one = await codec.loudness([{ ref, gain: 1 }]);
    const two = await codec.loudness([
      { ref, gain: 0.25 },
      { ref, gain: 0.75 },
    ]);
    expect(two.integratedLufs).toBeCloseTo(one.integratedLufs, 4);
  });
});
