import { it } from 'vitest';
import { Bench, benchStart, type BenchSettings } from '../../src-main/common/lab/bench.js';
import { median, publish, type Row } from './report.js';

const [rate, seconds] = [44_100, 10];
/** What the issue of the Lab wants: a change of ten seconds of audio is there after this many seconds. */
const wanted = 0.1;

/** Held tones, a beat and noise; nothing of it is silent. */
function sound(): { readonly voice: Float32Array<ArrayBuffer>; readonly rest: Float32Array<ArrayBuffer> } {
  const voice = new Float32Array(rate * seconds);
  const rest = new Float32Array(rate * seconds);
  let seed = 1;
  for (let i = 0; i < voice.length; i++) {
    const t = i / rate;
    for (let h = 1; h < 8; h++)
      voice[i] += (0.1 * Math.sin(2 * Math.PI * 220 * h * t + 3 * Math.sin(5 * t))) / h;
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    rest[i] = (seed / 2 ** 31 - 1) * (0.02 + 0.4 * Math.exp(-12 * (t % 0.5)));
  }
  return { voice, rest };
}

it('a change on the bench of the Lab', () => {
  const { voice, rest } = sound();
  const mix = voice.map((x, i) => x + rest[i]);
  const bench = new Bench({ rate, mix, parts: [voice, rest] });
  /** From settings that are shown to others, seconds of one processor: other work on the machine does not count. */
  const time = (from: Partial<BenchSettings>, change: Partial<BenchSettings>): number =>
    median(
      Array.from({ length: 7 }, () => {
        bench.run({ ...benchStart, ...from });
        const start = process.cpuUsage();
        bench.run({ ...benchStart, ...from, ...change });
        const { user, system } = process.cpuUsage(start);
        return (user + system) / 1e6;
      }),
    );
  const row = (name: string, value: number): Row => ({
    ...{ name, value, unit: 's', reference: 'wanted', referenceValue: wanted },
    ...{ ratioOf: 'ours / wanted', ratio: value / wanted },
  });
  publish('lab', [
    row('mask: ratio to binary', time({}, { mask: 'binary' })),
    row('exponent 2 to 3', time({}, { exponent: 3 })),
    row('representation: log to mel', time({}, { representation: 'mel' })),
    row('window: Hann to Blackman, HPSS', time({}, { window: 'blackman' })),
    row('hop: a half to a quarter, HPSS', time({}, { hop: 0.25 })),
    row('hop: a half to an eighth, HPSS', time({}, { hop: 0.125 })),
    row('length: 2048 to 4096, HPSS', time({}, { length: 4096 })),
    row('window: Hann to Blackman, oracle', time({ method: 'oracle' }, { window: 'blackman' })),
    ...(['nmf', 'repet', 'ft2d', 'oracle'] as const).map((method) =>
      row(`method: HPSS to ${method}`, time({}, { method })),
    ),
  ]);
});
