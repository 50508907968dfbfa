import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { InProcess, testFolder } from './support/run.js';
import { Listener, differenceDb, song, sumOf, worst, writeWav } from './support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const ears = new Listener(dir);
const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0,
);
// One segment, and one block.
const length = 64 * 1024;
const planes = song(2, length);
const wav = writeWav(join(dir, 'song.wav'), planes, 44_100, '32f');
const names = ['harmonic', 'percussive'];

async function stemsOf(folder: string, ...args: string[]): Promise<Float32Array[][]> {
  const output = join(dir, folder);
  const { code, err } = await cli.run([
    'separate',
    wav,
    '-o',
    output,
    '-m',
    'hpss',
    '--depth',
    '32f',
    ...args,
  ]);
  expect(code, err).toBe(0);
  const read = names.map((name) => ears.read(join(output, 'song', `song [${name}].wav`)));
  return (await Promise.all(read)).map((heard) => heard.planes);
}

/** The algorithms from their papers, in float64, on raw float32 files: mixture and stems in, stems out. */
const reference = `
import sys, numpy as np
n, hop, margin, rounds = 4096, 1024, 8192, 30
w = np.hanning(n + 1)[:-1]
way, *files = sys.argv[1:]
mix, *stems = [np.pad(np.fromfile(f, '<f4').astype(float), margin) for f in files]
def stft(x):
    p = np.pad(x, n // 2, mode='reflect')
    return np.stack([np.fft.rfft(w * p[i:i + n]) for i in range(0, len(p) - n + 1, hop)])
def istft(s):
    out, sums = np.zeros(len(mix) + n), np.zeros(len(mix) + n)
    for f, frame in enumerate(np.fft.irfft(s, n)):
        out[f * hop:f * hop + n] += w * frame
        sums[f * hop:f * hop + n] += w * w
    return (out / np.maximum(sums, 1e-12))[n // 2:n // 2 + len(mix)]
phase = lambda s: np.where(np.abs(s) > 0, s / np.maximum(np.abs(s), 1e-300), 1)
targets, x = [np.abs(stft(s)) for s in stems], stft(mix)
if way == 'misi':
    waves = [istft(t * phase(x)) for t in targets]
    for r in range(rounds + 1):
        if r > 0: waves = [istft(t * phase(stft(y))) for t, y in zip(targets, waves)]
        error = (mix - sum(waves)) / len(waves)
        waves = [y + error for y in waves]
else:
    waves = []
    for t in targets:
        y, last = istft(t * phase(x)), None
        for r in range(rounds if way != 'mixture' else 0):
            c = stft(y)
            m = 0.99 if way.startswith('fast') and last is not None else 0
            y, last = istft(t * phase(c + m * (c - (last if last is not None else c)))), c
        waves.append(y)
np.concatenate([y[margin:-margin] for y in waves]).astype('<f4').tofile(files[0] + '.out')
`;

function expected(way: string, stems: readonly Float32Array[][], channel: number): Float32Array[] {
  const files = [planes, ...stems].map((wave, i) => {
    const file = join(dir, `${way}-${channel}-${i}.f32`);
    writeFileSync(file, Buffer.from(Float32Array.from(wave[channel]).buffer));
    return file;
  });
  const run = spawnSync(python!, ['-', way, ...files], { input: reference, encoding: 'utf8' });
  expect(run.stderr).toBe('');
  const out = spawnSync('cat', [`${files[0]}.out`], { maxBuffer: 1 << 26 }).stdout;
  const all = new Float32Array(out.buffer.slice(out.byteOffset, out.byteOffset + out.byteLength));
  return stems.map((_, s) => all.slice(s * length, (s + 1) * length));
}

it.skipIf(python === undefined)(
  '--phase gives the stems that NumPy makes of their magnitudes, and they add up to the song',
  async () => {
    const own = await stemsOf('own');
    for (const way of ['mixture', 'griffin-lim', 'fast-griffin-lim', 'misi']) {
      const stems = await stemsOf(way, '--phase', way);
      expect(worst(sumOf(stems), planes)).toBeLessThan(1e-6);
      const [, percussive] = expected(way, own, 1);
      // The other stem takes the residual.
      expect(differenceDb([stems[1][1]], [percussive]), way).toBeLessThan(-50);
      if (way === 'misi') continue;
      const away = differenceDb([stems[1][1]], [own[1][1]]);
      expect(away).toBeGreaterThan(-60);
    }
  },
);

it('other ways are refused', async () => {
  const { code, err } = await cli.run(['separate', wav, '-o', join(dir, 'no'), '--phase', 'true']);
  expect(code).toBe(2);
  expect(err).toContain('fast-griffin-lim');
});
