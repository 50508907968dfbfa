import { MixerCore } from '../../../src-renderer/playback/mixer-core.js';
import {
  control,
  createSharedState,
  createSharedTrack,
  everything,
  pageFrames,
  type SharedState,
  type SharedTrack,
} from '../../../src-renderer/playback/shared.js';

export const quantum = 128;
export const length = pageFrames + 5000;

/** Sample `i` of a track: different for each track and never zero. */
export const sample = (track: number, i: number): number => Math.fround((track + 1) * 0.1 + i / 1e6);

export function track(index: number, pages: readonly number[] = [0, 1]): SharedTrack {
  const shared = createSharedTrack(length, 1, 2);
  pages.forEach((page, slot) => {
    for (let i = 0; i < pageFrames; i++)
      shared.samples[slot * pageFrames + i] = sample(index, page * pageFrames + i);
    shared.table[page] = slot;
  });
  return shared;
}

export function mixer(tracks: SharedTrack[], frontier = everything): { core: MixerCore; state: SharedState } {
  const state = createSharedState(length);
  state.gains.fill(1);
  state.controls[control.frontier] = frontier;
  const core = new MixerCore(state);
  core.setTracks(tracks);
  return { core, state };
}

export function render(core: MixerCore): number[] {
  const out = [new Float32Array(quantum).fill(99)];
  core.render(out);
  return [...out[0]];
}

export const range = (from: number, value: (i: number) => number): number[] =>
  Array.from({ length: quantum }, (_, i) => Math.fround(value(from + i)));
export const silence = range(0, () => 0);
