import { describe, expect, it } from 'vitest';
import {
  classicMethods,
  createClassic,
  findClassic,
} from '../../../../../src-main/common/separation/classic/registry.js';
import { Bench, benchStart, optionsOf } from '../../../../../src-main/common/lab/bench.js';
import { benchId } from '../../../../../src-main/common/separation/classic/bench.js';
import { groupComponents } from '../../../../../src-main/common/separation/classic/components.js';
import { PlanePool, enhance } from '../../../../../src-main/common/separation/classic/hpss.js';
import {
  repeatingBackground,
  similarFrames,
} from '../../../../../src-main/common/separation/classic/repet-sim.js';
import { errorDb, noise, sine } from '../../../../fixtures/signals.js';

const rate = 44100;
const length = 6 * rate;

/** Short noise bursts twice a second. */
function clicks(): Float32Array {
  const burst = noise(200, 9);
  const out = new Float32Array(length);
  for (let start = rate / 4; start + 200 < length; start += rate / 2) out.set(burst, start);
  return out;
}

const middle = (x: Float32Array): Float32Array => x.subarray(rate, length - rate);

const sdr = (reference: Float32Array, estimate: Float32Array): number =>
  -errorDb(middle(estimate), middle(reference));

async function run(
  id: string,
  mix: readonly Float32Array[],
): Promise<Record<string, readonly Float32Array[]>> {
  const separator = createClassic(id);
  const stems = await separator.separate(mix, { mean: 0, std: 1 });
  return Object.fromEntries(
    separator.info.stems.map((name, s) => [name, stems[s].map((plane) => plane.slice())]),
  );
}

describe('classic methods', () => {
  it('every method’s stems add up to the mixture without any residual', async () => {
    const mix = [noise(rate, 1), noise(rate, 2)];
    for (const { id } of classicMethods) {
      const stems = Object.values(await run(id, mix));
      const sum = mix[0].map((_, i) => stems.reduce((total, planes) => total + planes[0][i], 0));
      expect(errorDb(sum, mix[0])).toBeLessThan(-110);
    }
  });

  it('HPSS: a tone is harmonic, clicks are percussive', async () => {
    const [tone, beat] = [sine(length, 440, rate, 0.3), clicks()];
    const mix = tone.map((x, i) => x + beat[i]);
    const { harmonic, percussive } = await run('hpss', [mix, mix]);
    expect(sdr(tone, harmonic[0])).toBeGreaterThan(15);
    expect(sdr(beat, percussive[0])).toBeGreaterThan(8);
    expect(sdr(tone, mix)).toBeLessThan(13);
  });

  it('HPSS’s medians run along time and along frequency (Fitzgerald 2010, eq. 1 and 2)', () => {
    const [frames, bins] = [40, 50];
    const magnitude = new Float32Array(frames * bins);
    for (let f = 0; f < frames; f++) magnitude[f * bins + 20] = 1;
    for (let b = 0; b < bins; b++) magnitude[15 * bins + b] = 1;
    const options = { harmonicFrames: 9, percussiveBins: 9, power: 2 };
    const { harmonic, percussive } = enhance({ frames, bins, magnitude }, options, new PlanePool());
    expect([harmonic[30 * bins + 20], percussive[30 * bins + 20]]).toEqual([1, 0]);
    expect([harmonic[15 * bins + 5], percussive[15 * bins + 5]]).toEqual([0, 1]);
  });

  it('NMF components: each sound is a stem, the lowest first, and all add up', async () => {
    // Three tones, each with its own rhythm, the highest first.
    const tones = [1760, 440, 110].map((pitch, i) =>
      sine(length, pitch, rate, 0.2).map(
        (x, at) => x * Math.max(0, Math.sin((2 * Math.PI * at * (0.7 + 0.43 * i)) / rate)) ** 2,
      ),
    );
    const mix = tones[0].map((x, i) => x + tones[1][i] + tones[2][i]);
    const stems = await run('nmf-components:components=3:iterations=200', [mix, mix]);
    expect(Object.keys(stems)).toEqual(['component-1', 'component-2', 'component-3']);
    tones.toReversed().forEach((tone, k) => {
      expect(sdr(tone, stems[`component-${k + 1}`][0])).toBeGreaterThan(15);
    });
    const sum = mix.map((_, i) => Object.values(stems).reduce((total, planes) => total + planes[0][i], 0));
    expect(errorDb(sum, mix)).toBeLessThan(-110);
    expect(() => createClassic('nmf-components:components=17')).toThrow(/components/);
  });

  it.each(['hpss', 'nmf', 'repet', 'ft2d'])(
    'The bench: the masks of the Lab on a song, binary ones too, and all adds up: %s',
    async (method) => {
      const [tone, beat] = [sine(length, 440, rate, 0.3), clicks()];
      const mix = tone.map((x, i) => x + beat[i]);
      const id = `bench:method=${method}:window=sqrt-hann:length=1024:hop=0.25:mask=`;
      const [binary, soft] = [await run(`${id}binary`, [mix, mix]), await run(`${id}soft`, [mix, mix])];
      for (const stems of [binary, soft]) {
        const sum = mix.map((_, i) =>
          Object.values(stems).reduce((total, planes) => total + planes[0][i], 0),
        );
        expect(errorDb(sum, mix)).toBeLessThan(-110);
      }
      const names = Object.keys(binary);
      expect(names).toEqual(
        method === 'hpss' || method === 'nmf' ? ['harmonic', 'percussive'] : ['vocals', 'accompaniment'],
      );
      expect(errorDb(binary[names[0]][0], soft[names[0]][0])).toBeGreaterThan(-60);
      if (method === 'hpss') expect(sdr(tone, binary['harmonic'][0])).toBeGreaterThan(15);
    },
  );

  it('The bench gives the samples of the Lab, and refuses windows with gaps', async () => {
    const ten = noise(10 * rate, 5).map((x, i) => (x + Math.sin(i / 20)) * Math.exp(-((i / rate) % 0.5)));
    const settings = { ...benchStart, method: 'repet', representation: 'power', mask: 'binary' } as const;
    const [first, second] = new Bench({ rate, mix: ten }).run(settings).sounds;
    const stems = await run(benchId(optionsOf(settings)!), [ten, ten]);
    expect(errorDb(stems['vocals'][0], first)).toBeLessThan(-100);
    expect(errorDb(stems['accompaniment'][1], second)).toBeLessThan(-100);
    expect(optionsOf({ ...settings, hop: 1.5 })).toBeNull();
    expect(optionsOf({ ...settings, hop: 1 })).toBeNull();
    expect(optionsOf({ ...settings, method: 'oracle' })).toBeNull();
    expect(() => createClassic('bench:window=hann:hop=1')).toThrow(/gaps/);
    expect(() => createClassic('bench:length=1000')).toThrow(/one of 256/);
  });

  it('Melody: a voice with vibrato is followed through chords and noise, and pauses are left alone', async () => {
    const voice = new Float32Array(length);
    let phase = 0;
    for (let i = 0; i < length; i++) {
      phase += (2 * Math.PI * 392 * 2 ** (0.04 * Math.sin((2 * Math.PI * 5.5 * i) / rate))) / rate;
      const sung = i % (2 * rate) < 1.4 * rate ? 1 : 0;
      for (let n = 1; n <= 8; n++) voice[i] += (sung * 0.15 * Math.sin(n * phase)) / n;
    }
    const hiss = noise(length, 3);
    const chord = [130.8, 164.8, 196].map((pitch) => sine(length, pitch, rate, 0.05));
    const rest = hiss.map((x, i) => 0.02 * x + chord.reduce((sum, tone) => sum + tone[i], 0));
    const mix = voice.map((x, i) => x + rest[i]);
    const stems = await run('melody', [mix, mix]);
    expect(sdr(voice, mix)).toBeLessThan(7);
    expect(sdr(voice, stems['vocals'][0])).toBeGreaterThan(10);
    const pause = (x: Float32Array): Float32Array => x.subarray(1.6 * rate, 1.9 * rate);
    expect(errorDb(pause(stems['accompaniment'][0]), pause(rest))).toBeLessThan(-15);
  });

  it('REPET-SIM: what repeats is accompaniment, what happens once is the voice', async () => {
    // A loop of 20 frames of noise repeats; a melody note sounds once.
    const loop = noise(20 * 1024, 4).map((x) => 0.2 * x);
    const accompaniment = Float32Array.from({ length }, (_, i) => loop[i % loop.length]);
    const voice = sine(length, 1500, rate, 0.3).map((x, i) => (i > 2.6 * rate && i < 3.2 * rate ? x : 0));
    const mix = accompaniment.map((x, i) => x + voice[i]);
    const stems = await run('repet-sim', [mix, mix]);
    expect(sdr(voice, stems['vocals'][0])).toBeGreaterThan(8);
    expect(sdr(accompaniment, stems['accompaniment'][0])).toBeGreaterThan(12);
  });

  it('REPET and 2DFT: what repeats is accompaniment, what happens once is the voice', async () => {
    const loop = noise(43 * 1024, 4).map((x) => 0.2 * x);
    const accompaniment = Float32Array.from({ length }, (_, i) => loop[i % loop.length]);
    const voice = sine(length, 1500, rate, 0.3).map((x, i) => (i > 2.6 * rate && i < 3.2 * rate ? x : 0));
    const mix = accompaniment.map((x, i) => x + voice[i]);
    for (const [id, least] of [
      ['repet', 4],
      ['ft2d', 2],
    ] as const) {
      const stems = await run(id, [mix, mix]);
      expect(sdr(voice, stems['vocals'][0]), id).toBeGreaterThan(least);
      expect(sdr(voice, mix), id).toBeLessThan(0);
    }
  });

  it('NMF: struck noise goes to drums, a low tone to bass, a high one to other', async () => {
    // Sounds that never change against each other are one component, so each tone pauses at its time.
    const second = (i: number): number => Math.floor(i / rate) % 2;
    const beat = clicks();
    const low = sine(length, 80, rate, 0.3).map((x, i) => (second(i) === 0 ? x : 0));
    const high = sine(length, 1760, rate, 0.3).map((x, i) => (second(i + rate / 3) === 1 ? x : 0));
    const mix = beat.map((x, i) => x + low[i] + high[i]);
    const stems = await run('nmf', [mix, mix]);
    expect(sdr(beat, stems['drums'][0])).toBeGreaterThan(4);
    expect(sdr(low, stems['bass'][0])).toBeGreaterThan(15);
    expect(sdr(high, stems['other'][0])).toBeGreaterThan(15);
  });

  it('NMF: a component’s group depends on nothing but its sound', () => {
    const kick = { tone: 0.9, burst: 0.6, pitch: 6.5, period: 0.5 };
    const bass = { tone: 1, burst: 0.2, pitch: 1.2, period: 0.5 };
    const chord = { tone: 0.99, burst: 0.2, pitch: 4.2, period: 0.5 };
    const all = groupComponents([kick, bass, chord]);
    expect(all).toEqual([0, 1, 2]);
    // A segment full of struck sounds draws no held one to them.
    const crowded = groupComponents([...Array.from({ length: 20 }, () => kick), bass, chord]);
    expect(crowded.slice(-2)).toEqual(all.slice(1));
  });

  it('Centre: what both channels share stays in the middle', async () => {
    const [middle, left] = [sine(length, 440, rate, 0.3), sine(length, 3000, rate, 0.3)];
    const mix = [middle.map((x, i) => x + left[i]), middle];
    const stems = await run('centre', mix);
    expect(sdr(middle, stems['centre'][0])).toBeGreaterThan(20);
    expect(sdr(left, stems['sides'][0])).toBeGreaterThan(20);
  });

  it('RPCA: what repeats is accompaniment, what happens once is the voice', async () => {
    const loop = noise(20 * 1024, 4).map((x) => 0.2 * x);
    const accompaniment = Float32Array.from({ length }, (_, i) => loop[i % loop.length]);
    const voice = sine(length, 1500, rate, 0.3).map((x, i) => (i > 2.6 * rate && i < 3.2 * rate ? x : 0));
    const mix = accompaniment.map((x, i) => x + voice[i]);
    const stems = await run('rpca', [mix, mix]);
    expect(sdr(voice, stems['vocals'][0])).toBeGreaterThan(8);
    expect(sdr(voice, mix)).toBeLessThan(0);
  });

  it('DUET: sounds of different levels and times come apart; a mono song is in the middle', async () => {
    const tones = [300, 1000, 3000].map((hertz) => sine(length, hertz, rate, 0.2));
    const [left, centre, right] = tones;
    // The right one comes two samples earlier on its side.
    const mix = [
      left.map((x, i) => x + centre[i] + 0.3 * (right[i - 2] ?? 0)),
      left.map((x, i) => 0.3 * x + centre[i] + right[i]),
    ];
    const stems = await run('duet', mix);
    expect(sdr(left, stems['left'][0])).toBeGreaterThan(20);
    expect(sdr(centre, stems['centre'][0])).toBeGreaterThan(20);
    expect(sdr(right, stems['right'][1])).toBeGreaterThan(20);
    const mono = await run('duet', [centre, centre]);
    expect(sdr(centre, mono['centre'][1])).toBeGreaterThan(100);
  });

  it('PROJET: sounds at other places between the channels come apart', async () => {
    const [left, centre, right] = [300, 1000, 3000].map((hertz) => sine(length, hertz, rate, 0.2));
    const mix = [
      left.map((x, i) => x + centre[i] + 0.2 * right[i]),
      left.map((x, i) => 0.2 * x + centre[i] + right[i]),
    ];
    const stems = await run('projet', mix);
    expect(sdr(left, stems['left'][0])).toBeGreaterThan(12);
    expect(sdr(centre, stems['centre'][0])).toBeGreaterThan(9);
    expect(sdr(right, stems['right'][1])).toBeGreaterThan(12);
    expect(sdr(left, mix[0])).toBeLessThan(1);
  });

  it('ICA: two independent sounds that the channels mix by level', async () => {
    const [beat, tone] = [clicks(), sine(length, 440, rate, 0.3)];
    const mix = [beat.map((x, i) => 0.9 * x + 0.4 * tone[i]), beat.map((x, i) => 0.3 * x + 0.8 * tone[i])];
    const stems = await run('ica', mix);
    expect(
      sdr(
        beat.map((x) => 0.9 * x),
        stems['left'][0],
      ),
    ).toBeGreaterThan(25);
    expect(
      sdr(
        tone.map((x) => 0.8 * x),
        stems['right'][1],
      ),
    ).toBeGreaterThan(25);
    // Channels that are alike tell nothing apart.
    const mono = await run('ica', [beat, beat.map((x) => 0.5 * x)]);
    expect(errorDb(mono['left'][0], beat)).toBeLessThan(-120);
    expect(mono['right'][1].every((x) => x === 0)).toBe(true);
  });

  it('NMF: its options stand behind its name, and wrong ones are named', async () => {
    const part = (x: Float32Array): Float32Array => x.slice(0, 2 * rate);
    const low = sine(length, 80, rate, 0.3).map((x, i) => (i < rate ? x : 0));
    const [beat, high] = [clicks(), sine(length, 1760, rate, 0.3).map((x, i) => (i < rate / 2 ? 0 : x))];
    const mix = [part(beat.map((x, i) => x + low[i] + high[i])), part(beat.map((x, i) => x + low[i]))];
    const drums = async (id: string): Promise<Float32Array> => (await run(id, mix))['drums'][0];
    const usual = await drums('nmf');
    for (const id of [
      'nmf:components=8',
      'nmf:divergence=is',
      'nmf:start=nndsvd',
      'nmf:seed=2',
      'nmf:grouping=kmeans',
    ]) {
      const stems = await run(id, mix);
      expect(errorDb(stems['drums'][0], usual), id).toBeGreaterThan(-60);
      const sum = mix[1].map((_, i) =>
        Object.values(stems).reduce((total, planes) => total + planes[1][i], 0),
      );
      expect(errorDb(sum, mix[1]), id).toBeLessThan(-110);
    }
    expect(await drums('nmf:divergence=kl:seed=1')).toEqual(usual);
    expect(findClassic('nmf:components=8')).toMatchObject({
      id: 'nmf:components=8',
      stems: ['drums', 'bass', 'other'],
    });
    expect(findClassic('magic:components=8')).toBeUndefined();
    for (const wrong of ['nmf:components=0', 'nmf:beta=3', 'nmf:seed', 'hpss:components=3'])
      expect(() => createClassic(wrong), wrong).toThrowError(
        expect.objectContaining({ code: 'invalid-argument' }),
      );
  });

  it('similar frames: best first, apart from each other, above the threshold', () => {
    const row = Float32Array.of(0.9, 0.8, 0.1, 1, 0.7, 0.95, 0.3, 0.6);
    expect(similarFrames(row.slice(), 3, { threshold: 0, distance: 1, most: 10 })).toEqual([3, 5, 0, 7]);
    expect(similarFrames(row.slice(), 3, { threshold: 0.92, distance: 1, most: 10 })).toEqual([3, 5]);
    expect(similarFrames(row.slice(), 3, { threshold: 0, distance: 1, most: 2 })).toEqual([3, 5]);
  });

  it('the repeating background is the median of similar frames and never above the mixture', () => {
    // Three equal frames far apart, one of them with something on top.
    const frames = 200;
    const magnitude = new Float32Array(frames * 2).fill(0);
    for (const f of [0, 60, 120]) magnitude.set([1, 0.2], 2 * f);
    magnitude[2 * 60 + 1] = 0.9;
    const options = { threshold: 0.5, distanceSeconds: 1, repetitions: 10, highPass: 0 };
    const background = repeatingBackground({ frames, bins: 2, magnitude }, 1024, options, new PlanePool());
    expect(background[2 * 60 + 1]).toBeCloseTo(0.2, 6);
    for (let i = 0; i < magnitude.length; i++) expect(background[i]).toBeLessThanOrEqual(magnitude[i]);
  });

  it('four stems: clicks are drums, a low tone is bass, a side tone is other', async () => {
    const [bassTone, beat, side] = [sine(length, 60, rate, 0.3), clicks(), sine(length, 900, rate, 0.2)];
    const left = bassTone.map((x, i) => x + beat[i] + side[i]);
    const right = bassTone.map((x, i) => x + beat[i] - side[i]);
    const stems = await run('classic-4', [left, right]);
    expect(sdr(bassTone, stems['bass'][0])).toBeGreaterThan(10);
    expect(sdr(beat, stems['drums'][0])).toBeGreaterThan(4);
    expect(sdr(side, stems['other'][0])).toBeGreaterThan(8);
  });

  it('an unknown method is a typed error', () => {
    expect(() => createClassic('magic')).toThrowError(/no method "magic"/);
  });
});
