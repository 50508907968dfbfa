import { describe, expect, it } from 'vitest';
import {
  Bench,
  benchHops,
  benchMasks,
  benchMethods,
  benchStart,
  benchWindows,
  type BenchResult,
  type BenchSettings,
  type BenchSound,
} from '../../../../src-main/common/lab/bench.js';
import { representations } from '../../../../src-main/common/lab/bench-picture.js';
import { notebookSettings, soundCode } from '../../../../src-main/common/lab/bench-notebook.js';
import { notebook } from '../../../../src-main/common/lab/notebook.js';
import { randoms } from '../../../../src-main/common/dsp/randoms.js';
import { base64, hasPython, labPython, runNotebooks } from '../../../support/notebooks.js';

/** Two and a half seconds of a gliding voice over a beat that repeats, and hiss. */
function bandOf(rate: number, hasParts: boolean): BenchSound {
  const [random, count] = [randoms(5), Math.round(2.5 * rate)];
  const voice = new Float32Array(count);
  const mix = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const t = i / rate;
    for (let h = 1; h < 6; h++)
      voice[i] += (0.15 / h) * Math.sin(h * (1500 * t + 4 * Math.sin(4 * t))) * Math.sin(2 * t) ** 2;
    const struck = 0.4 * (random() - 0.5) * Math.exp(-25 * (t % 0.25));
    mix[i] = voice[i] + struck + 0.2 * Math.sin(700 * t) + 0.002 * random();
  }
  return { rate, mix, ...(hasParts && { parts: [voice, mix.map((x, i) => x - voice[i])] as const }) };
}

/** Mean of the grey levels that are drawn, where each value has its own pixel. */
const pictureCode = `
grey = 1 + picture / {"log-power": 40}.get(settings["representation"], 80) if picture.min() < 0 else picture
report(grey=np.floor(255 * np.maximum(0, grey)).mean())`;

function numbersOf({ error, overlap, balance, sdr, picture }: BenchResult): Record<string, number> {
  const grey = picture.levels.reduce((a, b) => a + b, 0) / picture.levels.length;
  return { error, ripple: overlap.ripple, balance, ...(sdr !== null && { voiceSdr: sdr }), grey };
}

function expectAgreement(sound: BenchSound, changes: readonly Partial<BenchSettings>[]): void {
  const all = changes.map((change) => ({ ...benchStart, ...change }));
  const { rate, mix, parts } = sound;
  const parcel = { rate, mix: base64(mix), voice: parts ? base64(parts[0]) : null };
  const printed = runNotebooks(
    all.map((settings) =>
      notebook({
        ...{ title: 'bench', words: [], tools: labPython('tools'), code: labPython('bench') + pictureCode },
        ...{ settings: notebookSettings(settings, mix.length), sound: soundCode(parcel) },
      }),
    ),
  );
  const bench = new Bench(sound);
  all.forEach((settings, i) => {
    const { grey, ...numbers } = numbersOf(bench.run(settings));
    expect([...printed[i].keys()].sort()).toEqual([...Object.keys(numbers), 'grey'].sort());
    for (const [key, value] of Object.entries(numbers)) {
      const other = printed[i].get(key)!;
      const agrees = Math.abs(other - value) < 1e-6 * Math.max(1, Math.abs(value));
      expect([settings, key, agrees ? value : other]).toEqual([settings, key, value]);
    }
    // Every value has a pixel of its own in pictures of small windows; a rounding may fall to the other side.
    if (settings.length <= 256 && settings.hop >= 0.75) expect(printed[i].get('grey')).toBeCloseTo(grey, 2);
  });
}

describe.skipIf(!hasPython)('the notebook of the bench', () => {
  const masks = benchMasks.flatMap((mask) =>
    (['log', 'power'] as const).map((representation) => ({ mask, representation, exponent: 3 })),
  );
  it.each(benchMethods)('prints the numbers of the page to 1e-6 with every mask: %s', (method) => {
    const all = masks.map((settings) => ({ ...settings, method }));
    expectAgreement(bandOf(44_100, true), [...all, { method, length: 4096, hop: 0.25 }]);
  });

  it('does so with every window and hop, gaps included', () => {
    const hops = benchHops.map((hop) => ({ hop, length: 1024 }));
    const windows = benchWindows.map((window) => ({ window, hop: 0.75, length: 1024 }));
    expectAgreement(bandOf(22_050, true), [...hops, ...windows]);
  });

  it('draws every representation', () => {
    const small = { length: 256, hop: 1, window: 'hamming' } as const;
    expectAgreement(
      bandOf(44_100, true),
      representations.map((representation) => ({ ...small, representation })),
    );
  });

  it('works where no true parts are known', () => {
    const methods = benchMethods.filter((method) => method !== 'oracle');
    expectAgreement(
      bandOf(48_000, false),
      methods.map((method) => ({ method })),
    );
  });
});
