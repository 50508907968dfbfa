import { afterEach, describe, expect, it } from 'vitest';
import { UnbraidError } from '../../../src-main/common/base/errors.js';
import { Feeder, type FedTrack } from '../../../src-renderer/playback/feeder.js';
import { MixerCore } from '../../../src-renderer/playback/mixer-core.js';
import {
  control,
  createSharedState,
  createSharedTrack,
  everything,
  pageFrames,
} from '../../../src-renderer/playback/shared.js';

/** The sample of a frame, which names it: exact in float32. */
const sampleOf = (frame: number): number => (frame + 1) / 2 ** 23;
const length = 3 * pageFrames + 1000;

const feeders: Feeder[] = [];
afterEach(() => {
  for (const feeder of feeders.splice(0)) feeder.dispose();
});

/** One track of one channel behind a feeder and the mixer, as the player wires them. */
function player(slots: number, read: FedTrack['read'], available = everything) {
  const state = createSharedState(length);
  const shared = createSharedTrack(length, 1, slots);
  const failures: unknown[] = [];
  const feeder = new Feeder(
    () => ({
      ...{ position: Atomics.load(state.controls, control.position), length },
      ...{ playing: Atomics.load(state.controls, control.playing) === 1, loop: null },
    }),
    (error) => failures.push(error),
  );
  feeders.push(feeder);
  feeder.setTracks([{ shared, read, available: () => available }]);
  const core = new MixerCore(state);
  core.setTracks([shared]);
  state.gains[0] = 1;
  Atomics.store(state.controls, control.frontier, everything);
  Atomics.store(state.controls, control.listenSource, 1);
  return { ...{ state, shared, feeder, core, failures }, page: (n: number) => shared.table[n] };
}

/** Waits for what the feeder reads. */
async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const readTruly: FedTrack['read'] = (start, count) =>
  Promise.resolve(Float32Array.from({ length: count }, (_, i) => sampleOf(start + i)));

describe('the feeder of the player', () => {
  it('brings every sample to its place, the short last page too', async () => {
    const { shared, page } = player(4, readTruly);
    await until(() => [0, 1, 2, 3].every((n) => page(n) >= 0));
    for (const frame of [0, pageFrames - 1, pageFrames, 3 * pageFrames, length - 1]) {
      const at = page(Math.floor(frame / pageFrames)) * pageFrames + (frame % pageFrames);
      expect(shared.samples[at]).toBe(Math.fround(sampleOf(frame)));
    }
  });

  it('reads nothing that is not there yet', async () => {
    const asked: number[] = [];
    const read: FedTrack['read'] = (start, count, signal) => (
      asked.push(start),
      readTruly(start, count, signal)
    );
    const { page } = player(4, read, 2 * pageFrames);
    await until(() => page(1) >= 0);
    expect([asked.sort((a, b) => a - b), page(2)]).toEqual([[0, pageFrames], -1]);
  });

  it('follows the place with few slots: the page that is played gets one', async () => {
    const { state, feeder, page } = player(2, readTruly);
    await until(() => page(0) >= 0 && page(1) >= 0);
    Atomics.store(state.controls, control.position, 3 * pageFrames);
    feeder.tick();
    await until(() => page(3) >= 0);
    expect(page(3)).toBeLessThan(2);
  });

  it('reads changed pages again', async () => {
    let offset = 0;
    const { shared, feeder, page } = player(4, (start, count) =>
      Promise.resolve(Float32Array.from({ length: count }, (_, i) => sampleOf(start + i) + offset)),
    );
    await until(() => [0, 1, 2, 3].every((n) => page(n) >= 0));
    offset = 0.5;
    feeder.refresh(shared, [{ start: pageFrames + 10, count: 1 }]);
    const first = (n: number): number => shared.samples[page(n) * pageFrames];
    await until(() => page(1) >= 0 && first(1) > 0.4);
    expect(first(0)).toBe(Math.fround(sampleOf(0)));
    expect(first(2)).toBe(Math.fround(sampleOf(2 * pageFrames)));
  });

  it.each([
    ['reports what cannot be read', false],
    ['reports nothing after its end', true],
  ])('%s', async (_, ended) => {
    let fail: ((error: Error) => void) | undefined;
    const read = (): Promise<Float32Array> => new Promise((_resolve, reject) => (fail = reject));
    const { feeder, failures } = player(4, read, pageFrames);
    await until(() => fail !== undefined);
    if (ended) feeder.dispose();
    fail!(new Error('gone'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(failures).toEqual(ended ? [] : [new Error('gone')]);
  });

  it('reads on soon, and reports nothing, when the stems it asked for have gone', async () => {
    let asked = 0;
    const gone = new UnbraidError('track-gone', 'The song has no track "vocals"');
    const read: FedTrack['read'] = (start, count, signal) =>
      ++asked === 1 ? Promise.reject(gone) : readTruly(start, count, signal);
    const { failures, page } = player(4, read, pageFrames);
    await until(() => page(0) >= 0);
    expect(failures).toEqual([]);
  });

  it('and the mixer together play the samples as they are', async () => {
    const { state, core, page } = player(4, readTruly);
    await until(() => page(0) >= 0);
    Atomics.store(state.controls, control.playing, 1);
    const heard: number[] = [];
    for (let quantum = 0; quantum < 8; quantum++) {
      const out = [new Float32Array(128)];
      core.render(out);
      heard.push(...out[0]);
    }
    expect(heard.slice(-128)).toEqual(
      Array.from({ length: 128 }, (_, i) => Math.fround(sampleOf(heard.length - 128 + i))),
    );
  });
});
