import { describe, expect, it } from 'vitest';
import { fillGains, type Envelope } from '../../../src-main/common/jobs/automation.js';
import { rampGain } from '../../../src-renderer/playback/kernel.js';
import type { MixerCore } from '../../../src-renderer/playback/mixer-core.js';
import {
  control,
  maxChannels,
  maxTracks,
  pageFrames,
  speedUnit,
  type SharedState,
  type SharedTrack,
} from '../../../src-renderer/playback/shared.js';
import { length, mixer, quantum, range, render, sample, silence, track } from './mixer-parts.js';

describe('the mixer of the audio thread', () => {
  it('is silent and stays where it is until it plays, then fades in over one quantum', () => {
    const { core, state } = mixer([track(0)]);
    expect(render(core)).toEqual(silence);
    expect(state.controls[control.position]).toBe(0);
    state.controls[control.playing] = 1;
    expect(render(core)).toEqual(range(0, (i) => (sample(0, i) * (i + 1)) / quantum));
    expect(render(core)).toEqual(range(quantum, (i) => sample(0, i)));
    expect(state.controls[control.position]).toBe(2 * quantum);
  });

  it('plays across the border of two pages without a gap', () => {
    const { core, state } = mixer([track(0)]);
    state.controls[control.position] = pageFrames - quantum - 50;
    state.controls[control.playing] = 1;
    render(core);
    expect(render(core)).toEqual(range(pageFrames - 50, (i) => sample(0, i)));
  });

  it('fades out where it is before a seek, and in where it lands', () => {
    const { core, state } = mixer([track(0)]);
    state.controls[control.playing] = 1;
    render(core);
    state.controls[control.seek] = 40_000;
    expect(render(core)).toEqual(range(quantum, (i) => sample(0, i) * (1 - (i + 1 - quantum) / quantum)));
    expect(state.controls[control.seek]).toBe(-1);
    expect(render(core)).toEqual(range(40_000, (i) => (sample(0, i) * (i + 1 - 40_000)) / quantum));
  });

  it('fades out on a pause and keeps the position afterwards', () => {
    const { core, state } = mixer([track(0)]);
    state.controls[control.playing] = 1;
    render(core);
    state.controls[control.playing] = 0;
    expect(render(core)[quantum - 1]).toBe(0);
    expect(render(core)).toEqual(silence);
    expect(state.controls[control.position]).toBe(2 * quantum);
  });

  it('hears the stems instead of the source, and the source instead of the stems on A/B', () => {
    const { core, state } = mixer([track(0), track(1), track(2)]);
    state.controls[control.playing] = 1;
    render(core);
    expect(render(core)).toEqual(range(quantum, (i) => sample(1, i) + sample(2, i)));
    state.controls[control.listenSource] = 1;
    render(core);
    expect(render(core)).toEqual(range(3 * quantum, (i) => sample(0, i)));
  });

  it('hears the source beyond the frontier, and is there before the stems end', () => {
    const frontier = 10 * quantum;
    const { core, state } = mixer([track(0), track(1)], frontier);
    state.controls[control.playing] = 1;
    const heard = Array.from({ length: 14 }, () => render(core)).flat();
    expect(heard.slice(quantum, 9 * quantum)).toEqual(
      Array.from({ length: 8 * quantum }, (_, i) => sample(1, quantum + i)),
    );
    expect(heard[frontier - 1]).toBe(sample(0, frontier - 1));
    expect(heard.slice(frontier)).toEqual(
      Array.from({ length: 4 * quantum }, (_, i) => sample(0, frontier + i)),
    );
  });

  it('ramps to a new gain within one quantum', () => {
    const { core, state } = mixer([track(0)]);
    state.controls[control.playing] = 1;
    render(core);
    state.gains[0] = 0;
    expect(render(core)).toEqual(range(quantum, (i) => sample(0, i) * (1 - (i + 1 - quantum) / quantum)));
    expect(render(core)).toEqual(silence);
    expect(state.controls[control.position]).toBe(3 * quantum);
  });

  it('loops to the sample', () => {
    const { core, state } = mixer([track(0)]);
    state.controls.set([1, 1000, 1300], control.loop);
    state.controls[control.position] = 1000;
    state.controls[control.playing] = 1;
    const heard = Array.from({ length: 10 }, () => render(core)).flat();
    const wanted = heard.map((_, i) => sample(0, 1000 + (i % 300)));
    expect(heard.slice(quantum)).toEqual(wanted.slice(quantum));
  });

  it('waits for a page that is missing instead of skipping it, and only for tracks that are heard', () => {
    const late = track(1, [0]);
    const { core, state } = mixer([track(0), late]);
    state.controls[control.position] = pageFrames - quantum;
    state.controls[control.playing] = 1;
    render(core);
    expect(render(core)).toEqual(silence);
    expect(state.controls[control.stalled]).toBe(1);
    expect(state.controls[control.position]).toBe(pageFrames);
    state.gains[maxChannels] = 0;
    render(core);
    expect(state.controls[control.stalled]).toBe(0);
    expect(state.controls[control.position]).toBe(pageFrames + quantum);
  });

  it('stops at the end of the song, and plays the last frame', () => {
    const { core, state } = mixer([track(0)]);
    state.controls[control.position] = length - quantum - 10;
    state.controls[control.playing] = 1;
    render(core);
    const last = render(core);
    expect(last.slice(0, 10)).toEqual(range(length - 10, (i) => sample(0, i)).slice(0, 10));
    expect(last.slice(10)).toEqual(silence.slice(10));
    expect(state.controls[control.playing]).toBe(0);
    expect(state.controls[control.position]).toBe(length);
  });

  it('meters each track behind its gain, and the sum', () => {
    const { core, state } = mixer([track(0), track(1), track(2)]);
    state.gains[2 * maxChannels] = 0.5;
    state.controls[control.playing] = 1;
    render(core);
    render(core);
    const last = 2 * quantum - 1;
    expect(state.meters[0]).toBe(0);
    expect(state.meters[maxChannels]).toBe(sample(1, last));
    expect(state.meters[2 * maxChannels]).toBe(Math.fround(sample(2, last) * 0.5));
    expect(state.meters[maxTracks * maxChannels]).toBe(Math.fround(sample(1, last) + sample(2, last) * 0.5));
  });

  it('keeps playing without a jump in gain when stems are added', () => {
    const source = track(0);
    const { core, state } = mixer([source], 0);
    state.controls[control.playing] = 1;
    render(core);
    core.setTracks([source, track(1)]);
    expect(render(core)).toEqual(range(quantum, (i) => sample(0, i)));
  });

  describe('at another speed', () => {
    const hertz = 0.01;
    /** A track whose samples are a sine over `period` frames. */
    function sineTrack(): SharedTrack {
      const shared = track(0);
      for (let i = 0; i < 2 * pageFrames; i++) shared.samples[i] = Math.sin(2 * Math.PI * hertz * i);
      return shared;
    }
    function playing(tracks: SharedTrack[], speed: number): { core: MixerCore; state: SharedState } {
      const both = mixer(tracks);
      both.state.controls[control.speed] = speed * speedUnit;
      both.state.controls[control.playing] = 1;
      return both;
    }

    it.each([0.5, 0.75, 1.25, 2])('%f: hears the song at times that far apart, across pages', (speed) => {
      const { core, state } = playing([sineTrack()], speed);
      const from = pageFrames - 1000;
      state.controls[control.position] = from;
      const heard = Array.from({ length: 16 }, () => render(core)).flat();
      const error = heard
        .slice(quantum)
        .map((x, i) => Math.abs(x - Math.sin(2 * Math.PI * hertz * (from + (quantum + i) * speed))));
      expect(Math.max(...error)).toBeLessThan(1e-4);
      expect(state.controls[control.position]).toBe(from + 16 * quantum * speed);
    });

    it('is bit-exact again at the song’s own speed', () => {
      const { core, state } = playing([track(0), track(1), track(2)], 0.75);
      for (let q = 0; q < 3; q++) render(core);
      state.controls[control.speed] = speedUnit;
      const from = state.controls[control.position];
      expect(from).toBe(3 * quantum * 0.75);
      expect(render(core)).toEqual(range(from, (i) => sample(1, i) + sample(2, i)));
    });

    it.each([0.5, 0.7, 2])('%f: goes over a loop’s border without a click', (speed) => {
      const { core, state } = playing([sineTrack()], speed);
      // Ten whole periods: the song goes on as if there were no border.
      state.controls.set([1, 1000, 2000], control.loop);
      state.controls[control.position] = 1000;
      const heard = Array.from({ length: 40 }, () => render(core)).flat();
      const error = heard
        .slice(quantum)
        .map((x, i) => Math.abs(x - Math.sin(2 * Math.PI * hertz * (quantum + i) * speed)));
      expect(Math.max(...error)).toBeLessThan(1e-4);
      expect(state.controls[control.position]).toBe(1000 + (Math.floor(40 * quantum * speed) % 1000));
    });

    it('reaches new gains, silence and the end of the song without a step', () => {
      const { core, state } = playing([track(0)], 0.5);
      const steepest = (values: readonly number[]): number =>
        Math.max(...values.slice(1).map((x, i) => Math.abs(x - values[i])));
      const heard = [...render(core), ...render(core)];
      state.gains[0] = 0.25;
      heard.push(...render(core), ...render(core));
      expect(heard[heard.length - 1]).toBeCloseTo(sample(0, 4 * 64 - 0.5) / 4, 6);
      state.controls[control.playing] = 0;
      heard.push(...render(core), ...render(core));
      expect(steepest(heard)).toBeLessThan(0.1 / 40);
      expect(state.controls[control.position]).toBe(5 * 64);
      state.controls[control.seek] = length - 100;
      render(core);
      state.controls[control.playing] = 1;
      for (let q = 0; q < 3; q++) render(core);
      expect([state.controls[control.playing], state.controls[control.position]]).toEqual([0, length]);
      expect(render(core)).toEqual(silence);
    });

    it('follows automation by the frames of the song', () => {
      const fade = { kind: 'fade-out', start: 0, end: 5000, points: [] } as const;
      const { core } = playing([track(0)], 2);
      core.setAutomation({ envelopes: [[fade]], edge: 40 });
      const heard = Array.from({ length: 6 }, () => render(core)).flat();
      for (const i of [300, 500, 767]) {
        expect(heard[i]).toBeCloseTo(sample(0, 2 * i) * (1 - (2 * i) / 5000), 5);
      }
    });
  });

  describe('with automation', () => {
    const edge = 40;
    const mute = { kind: 'mute', start: 2 * quantum + 50, end: 4 * quantum, points: [] } as const;
    const fade = { kind: 'fade-out', start: 300, end: 5000, points: [] } as const;
    const factors = (envelope: Envelope, from: number): Float32Array => {
      const out = new Float32Array(quantum).fill(1);
      fillGains(envelope, edge, from, quantum, out);
      return out;
    };

    it('follows it sample by sample, each track its own, and no other', () => {
      const { core, state } = mixer([track(0), track(1), track(2)]);
      core.setAutomation({ envelopes: [[], [mute], [fade]], edge });
      state.controls[control.playing] = 1;
      render(core);
      for (let q = 1; q < 6; q++) {
        const [a, b] = [factors([mute], q * quantum), factors([fade], q * quantum)];
        expect(render(core)).toEqual(
          range(q * quantum, (i) => a[i % quantum] * sample(1, i) + b[i % quantum] * sample(2, i)),
        );
      }
      state.controls[control.listenSource] = 1;
      render(core);
      expect(render(core)).toEqual(range(7 * quantum, (i) => sample(0, i)));
    });

    it('follows the position across a loop’s border', () => {
      const { core, state } = mixer([track(0)]);
      core.setAutomation({ envelopes: [[fade]], edge });
      state.controls.set([1, 1000, 1300], control.loop);
      state.controls[control.position] = 1000;
      state.controls[control.playing] = 1;
      const heard = Array.from({ length: 8 }, () => render(core)).flat();
      const all = new Float32Array(300);
      fillGains([fade], edge, 1000, 300, all);
      const wanted = heard.map((_, i) => Math.fround(all[i % 300] * sample(0, 1000 + (i % 300))));
      expect(heard.slice(quantum)).toEqual(wanted.slice(quantum));
    });

    it('fades to another envelope within one quantum', () => {
      const { core, state } = mixer([track(0)]);
      state.controls[control.playing] = 1;
      render(core);
      const whole = { kind: 'mute', start: 0, end: length, points: [] } as const;
      core.setAutomation({ envelopes: [[whole]], edge });
      core.setAutomation({ envelopes: [[]], edge });
      expect(render(core)).toEqual(range(quantum, (i) => sample(0, i)));
      core.setAutomation({ envelopes: [[whole]], edge });
      expect(render(core)).toEqual(
        range(2 * quantum, (i) => rampGain(1, 0, i - 2 * quantum, quantum) * sample(0, i)),
      );
      expect(render(core)).toEqual(silence);
      core.setAutomation({ envelopes: [[]], edge });
      expect(render(core)).toEqual(
        range(4 * quantum, (i) => rampGain(0, 1, i - 4 * quantum, quantum) * sample(0, i)),
      );
      expect(render(core)).toEqual(range(5 * quantum, (i) => sample(0, i)));
    });

    it('keeps it with the tracks that stay', () => {
      const source = track(0);
      const { core, state } = mixer([source], 0);
      core.setAutomation({ envelopes: [[fade]], edge });
      state.controls[control.position] = 400;
      state.controls[control.playing] = 1;
      render(core);
      core.setTracks([source, track(1)]);
      const a = factors([fade], 400 + quantum);
      expect(render(core)).toEqual(range(400 + quantum, (i) => a[i - 400 - quantum] * sample(0, i)));
    });
  });
});
