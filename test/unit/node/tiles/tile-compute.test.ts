import { describe, expect, it } from 'vitest';
import { tileSize, type ChannelView } from '../../../../src-main/common/contract/session.js';
import { TileComputer, type TileSpectrum } from '../../../../src-main/node/tiles/tile-compute.js';
import { cacheOf, testFolder } from '../../../fixtures/audio/caches.js';
import { sine } from '../../../fixtures/signals.js';

const dir = testFolder();
const rate = 44_100;
const nFft = 4096;
const hop = 256;
const frames = tileSize * hop;
const usual: TileSpectrum = { nFft, hop, window: 'hann', channels: 'all', method: 'window' };

/** Levels of the first column, dB: of a bin at a frame. */
function picture(planes: readonly Float32Array[], settings: Partial<TileSpectrum>) {
  const computer = new TileComputer(cacheOf(dir, planes, rate), { ...usual, ...settings });
  const rows = computer.column(0);
  computer.dispose();
  const at = (bin: number, frame: number): number =>
    (rows[Math.floor(bin / tileSize)][(bin % tileSize) * tileSize + frame] / 255) * 120 - 120;
  return { at, of: (hertz: number, frame = 256) => at(Math.round((hertz * nFft) / rate), frame) };
}

describe('a picture of some channels', () => {
  const tone = sine(frames, 1001.5, rate, 1);
  const silence = new Float32Array(frames);
  const level = (planes: readonly Float32Array[], channels: ChannelView): number =>
    Math.round(picture(planes, { channels }).of(1001.5));

  it('shows left, right, half the sum and half the difference; the mean power of all', () => {
    const views = ['left', 'right', 'mid', 'side', 'all'] as const;
    expect(views.map((view) => level([tone, silence], view))).toEqual([0, -120, -6, -6, -3]);
    expect(views.map((view) => level([tone, tone], view))).toEqual([0, 0, 0, -120, 0]);
    const turned = tone.map((value) => -value);
    expect(views.map((view) => level([tone, turned], view))).toEqual([0, 0, -120, 0, 0]);
    expect(views.map((view) => level([tone], view))).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('a reassigned picture', () => {
  const reassigned = { method: 'reassigned' } as const;

  it('has a tone between two bins in one row at its own level, and a hit in one column', () => {
    const hertz = (200.3 * rate) / nFft;
    const { at } = picture([sine(frames, hertz, rate, 1)], reassigned);
    expect([at(200, 256), at(199, 256), at(201, 256)]).toEqual([0, -120, -120]);
    const click = new Float32Array(frames);
    click[256 * hop + 100] = 1;
    const hit = picture([click], reassigned).at;
    for (const bin of [50, 700, 1900]) {
      const loud = Array.from({ length: tileSize }, (_, f) => f).filter((f) => hit(bin, f) > -120);
      expect(loud).toEqual([256]);
    }
  });

  it('goes on from one column of tiles to the next, also with what lies on their border', () => {
    const click = new Float32Array(2 * frames);
    click[frames - 20] = 1;
    const computer = new TileComputer(cacheOf(dir, [click], rate), { ...usual, ...reassigned });
    const [first, second] = [0, 1].map((column) => computer.column(column)[1]);
    computer.dispose();
    expect(first.findIndex((level) => level > 0)).toBe(-1);
    expect(second.findIndex((level) => level > 0)).toBeGreaterThanOrEqual(0);
    expect(second.findIndex((level) => level > 0) % tileSize).toBe(0);
    expect([...second].filter((level, i) => level > 0 && i % tileSize > 0)).toEqual([]);
  });
});

describe('a picture of several windows', () => {
  const combined = { method: 'combined' } as const;

  it('tells low notes apart as the longest does', () => {
    const [a, b] = [8, 12].map((bin) => (bin * rate) / nFft);
    const [low, high] = [sine(frames, a, rate, 0.4), sine(frames, b, rate, 0.4)];
    const two = low.map((value, i) => value + high[i]);
    const { at } = picture([two], combined);
    const one = picture([two], {}).at;
    for (const bin of [8, 10, 12]) expect(at(bin, 256)).toBe(one(bin, 256));
    expect(at(10, 256)).toBeLessThan(at(8, 256) - 40);
  });

  it('has high hits as sharp as the shortest, and not as wide as the longest', () => {
    const click = new Float32Array(frames);
    click[256 * hop] = 1;
    const bin = Math.round((8000 * nFft) / rate);
    const wide = ({ at }: ReturnType<typeof picture>): number =>
      Array.from({ length: tileSize }, (_, f) => at(bin, f)).filter((db) => db > at(bin, 256) - 30).length;
    expect(wide(picture([click], combined))).toBeLessThanOrEqual(3);
    expect(wide(picture([click], {}))).toBeGreaterThanOrEqual(11);
  });

  it('has a steady tone at its own level everywhere, within and between the windows', () => {
    for (const hertz of [60, 354, 500, 707, 1500, 2200, 3000, 4200, 12_000]) {
      const exact = (Math.round((hertz * nFft) / rate) * rate) / nFft;
      expect(Math.abs(picture([sine(frames, exact, rate, 1)], combined).of(exact))).toBeLessThan(0.6);
    }
  });
});
