import { describe, expect, it } from 'vitest';
import { StemShaper } from '../../../src-main/common/separation/shape.js';
import { PageShaper } from '../../../src-renderer/playback/page-shaper.js';
import { PageTally } from '../../../src-renderer/playback/page-tally.js';
import {
  control,
  createSharedState,
  createSharedTrack,
  pageFrames,
  type SharedTrack,
} from '../../../src-renderer/playback/shared.js';
import { errorDb, noise, sine } from '../../fixtures/signals.js';

const sampleRate = 44_100;
const frames = 3 * pageFrames + 5000;
const values = [0.7, -0.4];

/** Two stems that overlap, one channel. */
const bare = [0, 1].map((s) => {
  const hiss = noise(frames, s + 1);
  return sine(frames, 300 * (s + 1), sampleRate, 0.3).map((x, i) => x + 0.1 * hiss[i]);
});

/** The whole stems shaped at once. */
const wanted = ((): Float32Array[] => {
  const shaper = new StemShaper(sampleRate, values);
  const { reach } = shaper;
  const planes = bare.map((plane) => {
    const padded = new Float32Array(reach + frames + reach);
    padded.set(plane, reach);
    return [padded];
  });
  shaper.shape(planes);
  return planes.map(([plane]) => plane.slice(reach, reach + frames));
})();

const pageOf = (s: number, page: number): Float32Array => {
  const samples = new Float32Array(pageFrames);
  samples.set(bare[s].subarray(page * pageFrames, (page + 1) * pageFrames));
  return samples;
};

/** A song as the audio thread has it, all pages bare. */
function song(position = 0, playing = false) {
  const { controls } = createSharedState(frames);
  controls[control.position] = position;
  controls[control.playing] = playing ? 1 : 0;
  const stems = bare.map((_, s) => {
    const track = createSharedTrack(frames, 1, 4);
    for (let page = 0; page < 4; page++) fill(track, s, page);
    return track;
  });
  const shaper = new PageShaper({ sampleRate, channels: 1, controls, stems });
  return { controls, stems, shaper };
}

/** Slots are in another order than pages. */
function fill(track: SharedTrack, s: number, page: number): void {
  track.samples.set(pageOf(s, page), (3 - page) * pageFrames);
  track.table[page] = 3 - page;
}

function giveAll(shaper: PageShaper, pages = [0, 1, 2, 3]): void {
  for (const page of pages)
    shaper.give(
      page,
      bare.map((_, s) => pageOf(s, page)),
    );
}

function heard({ samples, table }: SharedTrack, from: number, to: number): Float32Array {
  return Float32Array.from(
    { length: to - from },
    (_, i) => samples[table[Math.floor((from + i) / pageFrames)] * pageFrames + ((from + i) % pageFrames)],
  );
}

function expectShaped(stems: readonly SharedTrack[], from: number, to: number): void {
  stems.forEach((track, s) => {
    expect(errorDb(heard(track, from, to), wanted[s].subarray(from, to))).toBeLessThan(-120);
  });
}

function expectBare(stems: readonly SharedTrack[], from: number, to: number): void {
  stems.forEach((track, s) => expect(heard(track, from, to)).toEqual(bare[s].slice(from, to)));
}

describe('pages that are shaped while they are heard', () => {
  it('get the samples of the engine, what is heard first, and then the rest of three pages', () => {
    const position = pageFrames + 20_000;
    const { stems, shaper } = song(position);
    giveAll(shaper);
    shaper.want(values);
    expect(shaper.step()).toBe(true);
    const block = pageFrames + 16_384;
    expectShaped(stems, block, block + 4096);
    expectBare(stems, 0, block);
    expectBare(stems, block + 4096, frames);
    while (shaper.step());
    expectShaped(stems, pageFrames, frames);
    expectBare(stems, 0, pageFrames);
  });

  it('follow a loop', () => {
    const { controls, stems, shaper } = song(2 * pageFrames - 100);
    controls[control.loop] = 1;
    controls[control.loopStart] = 0;
    controls[control.loopEnd] = 2 * pageFrames;
    giveAll(shaper);
    shaper.want(values);
    shaper.step();
    expectShaped(stems, 2 * pageFrames - 4096, 2 * pageFrames);
    shaper.step();
    expectShaped(stems, 0, 4096);
    while (shaper.step());
    expectBare(stems, 2 * pageFrames, frames);
  });

  it('fade into the new samples ahead of what plays, without a jump', () => {
    const position = 10_000;
    const { stems, shaper } = song(position, true);
    giveAll(shaper);
    shaper.want(values);
    shaper.step();
    const from = position + 441;
    const fade = Math.round(0.006 * sampleRate);
    expectBare(stems, 0, from);
    const block = 2 * 4096;
    expectShaped(stems, from + fade, block + 4096);
    stems.forEach((track, s) => {
      const within = heard(track, from, from + fade);
      within.forEach((x, i) => {
        const [a, b] = [bare[s][from + i], wanted[s][from + i]];
        expect(x).toBeCloseTo(a + ((b - a) * (i + 1)) / (fade + 1), 6);
      });
    });
  });

  it('wait for the samples around a block, and for the pages of the audio thread', () => {
    const { stems, shaper } = song(pageFrames);
    shaper.want(values);
    expect(shaper.step()).toBe(false);
    giveAll(shaper, [1]);
    // The first block needs what lies before the page.
    shaper.step();
    expectBare(stems, pageFrames, pageFrames + 4096);
    expectShaped(stems, pageFrames + 4096, pageFrames + 8192);
    giveAll(shaper, [0, 2]);
    stems[1].table[2] = -1;
    while (shaper.step());
    expectShaped(stems, pageFrames, 2 * pageFrames);
    expect(heard(stems[0], 2 * pageFrames, 2 * pageFrames + 10)).toEqual(
      bare[0].slice(2 * pageFrames, 2 * pageFrames + 10),
    );
  });

  it('take newer values from the start, and old samples over again', () => {
    const { stems, shaper } = song();
    giveAll(shaper);
    shaper.want([-1, 1]);
    while (shaper.step());
    shaper.want(values);
    while (shaper.step());
    expectShaped(stems, 0, 3 * pageFrames);
    stems.forEach((track, s) => fill(track, s, 1));
    expect(shaper.step()).toBe(false);
    shaper.again(1);
    while (shaper.step());
    expectShaped(stems, pageFrames, 2 * pageFrames);
    shaper.want([0, 0]);
    while (shaper.step());
    expectBare(stems, 0, 3 * pageFrames);
  });

  it('rest when others see to it, and forget what is not kept', () => {
    const { stems, shaper } = song();
    giveAll(shaper);
    shaper.want(values);
    shaper.want(null);
    expect(shaper.step()).toBe(false);
    shaper.keep([1]);
    shaper.want(values);
    while (shaper.step());
    expectBare(stems, 0, pageFrames);
  });
});

describe('ranges that make pages', () => {
  it('count once each, and the last page is shorter', () => {
    const tally = new PageTally(pageFrames + 1000);
    const half = pageFrames / 2;
    expect(tally.add(half, half)).toBeNull();
    expect(tally.add(half, half)).toBeNull();
    expect(tally.add(0, half)).toEqual({ start: 0, count: pageFrames });
    expect(tally.add(pageFrames, 1000)).toEqual({ start: pageFrames, count: 1000 });
  });
});
