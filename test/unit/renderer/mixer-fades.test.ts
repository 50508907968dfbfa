import { describe, expect, it } from 'vitest';
import { fadeQuanta } from '../../../src-renderer/playback/kernel.js';
import type { MixerCore } from '../../../src-renderer/playback/mixer-core.js';
import {
  control,
  maxChannels,
  maxTracks,
  pageFrames,
  type SharedState,
  type SharedTrack,
} from '../../../src-renderer/playback/shared.js';
import { mixer, quantum, range, render, sample, silence, track } from './mixer-parts.js';

describe('listening to one track more', () => {
  const hertz = 0.004;
  const quanta = 3;
  /** A page of a sine, a quarter of its period later for each index; `pages` are there. */
  function sine(index: number, pages: readonly number[] = [0, 1]): SharedTrack {
    const shared = track(index, pages);
    pages.forEach((page, slot) => {
      for (let i = 0; i < pageFrames; i++)
        shared.samples[slot * pageFrames + i] = Math.sin(
          2 * Math.PI * (hertz * (page * pageFrames + i) + index / 4),
        );
    });
    return shared;
  }
  /** The sine's own largest step, and that of a fade of two of them, each over `quanta`. */
  const steepest = 2 * Math.PI * hertz + 2 / (quanta * quantum);
  const largestStep = (heard: readonly number[]): number =>
    Math.max(...heard.slice(1).map((x, i) => Math.abs(x - heard[i])));
  const many = (core: MixerCore, count: number): number[] =>
    Array.from({ length: count }, () => render(core)).flat();
  const alone = (state: SharedState, gains: readonly number[]): void => {
    state.gains.fill(0);
    gains.forEach((gain, t) => (state.gains[t * maxChannels] = gain));
  };

  it('fades over to it and back without a step, wherever the message and the gains come in between', () => {
    for (const late of [0, 1, 2, 5]) {
      const [source, stem, part] = [sine(0), sine(1), sine(2)];
      const { core, state } = mixer([source, stem]);
      alone(state, [1, 1]);
      state.controls[control.playing] = 1;
      const heard = many(core, 10);
      state.controls[control.fade] = quanta;
      alone(state, [1, 0, 1]);
      heard.push(...many(core, late));
      core.setTracks([source, stem, part]);
      heard.push(...many(core, 10));
      expect(heard.slice(-quantum)).toEqual(
        range((19 + late) * quantum, (i) => Math.fround(Math.sin(2 * Math.PI * (hertz * i + 2 / 4)))),
      );
      state.controls[control.fade] = quanta;
      alone(state, [1, 1]);
      heard.push(...many(core, late));
      core.setTracks([source, stem]);
      heard.push(...many(core, 10));
      expect(heard.slice(-quantum)).toEqual(
        range((29 + 2 * late) * quantum, (i) => Math.fround(Math.sin(2 * Math.PI * (hertz * i + 1 / 4)))),
      );
      // A track that comes when the fade is over fades in within one quantum.
      const allowed = late < quanta ? steepest : 2 * Math.PI * hertz + 1 / quantum;
      expect(largestStep(heard.slice(quantum))).toBeLessThan(allowed);
    }
  });

  it.each([16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000])(
    'takes 5 to 10 ms at %d Hz',
    (rate) => {
      const ms = (1000 * fadeQuanta(rate) * quantum) / rate;
      expect(ms).toBeGreaterThan(5);
      expect(ms).toBeLessThan(10);
    },
  );

  it('takes as many quanta as it was asked for', () => {
    const { core, state } = mixer([track(0)]);
    state.controls[control.playing] = 1;
    render(core);
    state.controls[control.fade] = quanta;
    state.gains[0] = 0;
    const heard = many(core, quanta);
    const fading = heard.map((x, i) => x / sample(0, quantum + i));
    fading.forEach((gain, i) => expect(gain).toBeCloseTo(1 - (i + 1) / (quanta * quantum), 6));
    expect(heard.at(-1)).toBe(0);
    expect(render(core)).toEqual(silence);
    // What comes later is as quick as ever.
    state.gains[0] = 1;
    expect(render(core).at(-1)).toBe(sample(0, 6 * quantum - 1));
    state.controls[control.seek] = 40_000;
    expect(render(core).at(-1)).toBe(0);
    expect(render(core).at(-1)).toBe(sample(0, 40_000 + quantum - 1));
  });

  it('is not waited for by what is played later', () => {
    const { core, state } = mixer([track(0)]);
    state.controls[control.fade] = quanta;
    render(core);
    state.controls[control.playing] = 1;
    expect(render(core).at(-1)).toBe(sample(0, quantum - 1));
    state.controls[control.fade] = quanta;
    state.controls[control.playing] = 0;
    state.controls[control.seek] = 30_000;
    expect(many(core, 4).at(-1)).toBe(0);
    expect(state.controls[control.position]).toBe(30_000);
    state.controls[control.playing] = 1;
    expect(render(core).at(-1)).toBe(sample(0, 30_000 + quantum - 1));
  });

  it('lets a track that is taken away fade out, without one that is there stopping for its pages', () => {
    const [source, stem, part] = [sine(0), sine(1), sine(2, [0])];
    const { core, state } = mixer([source, stem, part]);
    alone(state, [1, 0, 1]);
    state.controls[control.position] = pageFrames - 4 * quantum;
    state.controls[control.playing] = 1;
    const heard = many(core, 2);
    alone(state, [1, 0]);
    core.setTracks([source, stem]);
    state.meters.fill(0);
    heard.push(...many(core, 1));
    expect(largestStep(heard)).toBeLessThan(2 * Math.PI * hertz + 1 / quantum);
    expect(state.meters[2 * maxChannels]).toBe(0);
    expect(state.meters[maxTracks * maxChannels]).toBeGreaterThan(0);
    expect(render(core)).toEqual(silence);
    // Taken away while its next page is missing: the others go on.
    core.setTracks([source, stem, part]);
    state.controls[control.seek] = pageFrames - quantum;
    alone(state, [1, 0, 1]);
    many(core, 2);
    alone(state, [1, 1]);
    core.setTracks([source, stem]);
    render(core);
    expect(state.controls[control.stalled]).toBe(0);
    expect(state.controls[control.position]).toBe(pageFrames + quantum);
  });

  it('fades out what is heard before it waits for the new track, and jumps when that is done', () => {
    const [source, stem, part] = [sine(0), sine(1), sine(2, [])];
    const { core, state } = mixer([source, stem]);
    alone(state, [1, 1]);
    state.controls[control.playing] = 1;
    const heard = many(core, 4);
    state.controls[control.fade] = quanta;
    alone(state, [1, 0, 1]);
    core.setTracks([source, stem, part]);
    heard.push(...many(core, 1));
    expect(state.controls[control.stalled]).toBe(1);
    state.controls[control.fade] = quanta;
    state.controls[control.seek] = 30_000;
    heard.push(...many(core, quanta - 1));
    expect(state.controls[control.seek]).toBe(30_000);
    heard.push(...many(core, 3));
    expect(state.controls[control.position]).toBe(30_000);
    const filled = sine(2);
    part.samples.set(filled.samples);
    part.table.set(filled.table);
    // It comes in over as many quanta as the others went.
    const first = render(core);
    expect(first.at(-1)! / Math.sin(2 * Math.PI * (hertz * (30_000 + quantum - 1) + 2 / 4))).toBeCloseTo(
      1 / quanta,
      6,
    );
    heard.push(...first, ...many(core, 9));
    expect(heard.slice(-quantum)).toEqual(
      range(30_000 + 9 * quantum, (i) => Math.fround(Math.sin(2 * Math.PI * (hertz * i + 2 / 4)))),
    );
    expect(largestStep(heard.slice(quantum))).toBeLessThan(steepest);
  });
});
