import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { TileMask, maskGrid } from '../../src-main/common/separation/edits/tile-mask.js';
import { writeMaskNpy } from '../../src-main/node/masks/mask-files.js';
import { testFolder } from './support/run.js';
import { Listener, song, sumOf, worst, writeWav } from './support/songs.js';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const pythons = [process.env['UNBRAID_PYTHON'], 'python3', '/usr/bin/python3'].filter(
  (name) => name !== undefined,
);
const python = pythons.find(
  (name) => spawnSync(name, ['-c', 'import numpy, scipy'], { stdio: 'ignore' }).status === 0,
);

interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
}

/** Amplitude of a tone in a signal, of whole periods or nearly so. */
function amplitude(samples: Float32Array, frequency: number, rate: number): number {
  let [re, im] = [0, 0];
  samples.forEach((x, i) => {
    const angle = (2 * Math.PI * frequency * i) / rate;
    re += x * Math.cos(angle);
    im += x * Math.sin(angle);
  });
  return (2 * Math.hypot(re, im)) / samples.length;
}

it.skipIf(python === undefined)(
  'the Python notebook separates a song, adds it up and applies a mask',
  async () => {
    const dir = testFolder();
    const ears = new Listener(dir);
    const rate = 44_100;
    const planes = song(2, 3 * rate, rate);
    const wav = writeWav(join(dir, 'song.wav'), planes, rate, '32f');
    // All frames, all bins below 800 Hz.
    const mask = new TileMask(maskGrid);
    const shape = { frames: 1 + Math.ceil(planes[0].length / maskGrid.hop), bins: maskGrid.nFft / 2 + 1 };
    for (let t = 0; t < shape.frames; t++)
      for (let f = 0; f < (800 * maskGrid.nFft) / rate; f++) mask.set(t, f, 1);
    writeMaskNpy(join(dir, 'low.npy'), mask, shape);
    const side = { n_fft: maskGrid.nFft, hop_length: maskGrid.hop, sample_rate: rate, center: true };
    writeFileSync(join(dir, 'low.json'), JSON.stringify(side));

    const { cells } = JSON.parse(readFileSync(path('docs/examples/unbraid.ipynb'), 'utf8')) as Notebook;
    const code = cells.flatMap(({ cell_type, source }) => (cell_type === 'code' ? [source.join('')] : []));
    const { status, stdout, stderr } = spawnSync(python!, ['-'], {
      ...{ input: code.join('\n\n'), encoding: 'utf8', cwd: dir },
      env: {
        ...process.env,
        ...{ SONG: wav, OUT: join(dir, 'stems'), MODEL: 'hpss', MASK: join(dir, 'low.npy') },
        UNBRAID: JSON.stringify([process.execPath, path('out/hosts/cli/main.js')]),
        UNBRAID_CACHE: join(dir, 'cache'),
      },
    });
    expect([status, stderr]).toEqual([0, '']);
    const figure = (name: string): number => Number(new RegExp(`${name}: (-?[\\d.]+)`).exec(stdout)![1]);
    expect(figure('null test of the written files')).toBeLessThan(-120);
    expect(figure('sum of stems against the mix')).toBeLessThan(-120);
    const share = Number(/the mask takes ([\d.]+) %/.exec(stdout)![1]);
    expect(share).toBeGreaterThan(50);
    expect(share).toBeLessThan(100);

    const heard = async (name: string): Promise<Float32Array[]> =>
      (await ears.read(join(dir, 'stems', name))).planes;
    const [part, rest, stem] = await Promise.all(
      ['part.wav', 'rest.wav', 'song/song [harmonic].wav'].map(heard),
    );
    expect(worst(sumOf([part, rest]), stem)).toBeLessThan(1e-6);
    const inner = (samples: Float32Array): Float32Array => samples.subarray(rate, 2 * rate);
    expect(amplitude(inner(part[0]), 280, rate)).toBeCloseTo(0.3, 1);
    expect(amplitude(inner(rest[0]), 280, rate)).toBeLessThan(0.003);
    expect(amplitude(inner(part[0]), 1500, rate)).toBeLessThan(0.003);
    expect(amplitude(inner(rest[0]), 1500, rate)).toBeCloseTo(0.1, 1);
  },
);
