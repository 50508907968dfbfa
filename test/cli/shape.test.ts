import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FileResult } from '../../src-main/common/jobs/results.js';
import { StemShaper } from '../../src-main/common/separation/shape.js';
import { InProcess, jsonLines, testFolder } from './support/run.js';
import { Listener, differenceDb, song, sumOf, writeWav } from './support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const ears = new Listener(dir);
const names = ['harmonic', 'percussive'];
const frames = 50_000;
const source = song(2, frames);
const path = join(dir, 'song.wav');
let plain: Float32Array[][];

beforeAll(async () => {
  writeWav(path, source, 44_100, '32f');
  plain = await separate('plain');
});

let nullDb = 0;
let written: number | null = 0;

async function separate(to: string, ...args: string[]): Promise<Float32Array[][]> {
  const output = join(dir, to);
  const all = ['separate', path, '-o', output, '-m', 'hpss', '--workers', '1', '--json', ...args];
  const { code, out, err } = await cli.run(all);
  if (code !== 0) throw new Error(err);
  const done = jsonLines(out).find(({ event }) => event === 'report') as unknown as {
    items: { state: { result: FileResult } }[];
  };
  ({ nullDb, writtenNullDb: written } = done.items[0].state.result);
  const file = (stem: string): string => join(output, 'song', `song [${stem}].wav`);
  return Promise.all(names.map(async (stem) => (await ears.read(file(stem))).planes));
}

/** Both stems shaped at once, with silence around them. */
function shapedBy(values: readonly number[]): Float32Array[][] {
  const shaper = new StemShaper(44_100, values);
  const { reach } = shaper;
  const planes = plain.map((stem) =>
    stem.map((plane) => {
      const wide = new Float32Array(frames + 2 * reach);
      wide.set(plane, reach);
      return wide;
    }),
  );
  shaper.shape(planes);
  return planes.map((stem) => stem.map((plane) => plane.subarray(reach, reach + frames)));
}

describe('--clean and --shape', () => {
  it('change the stems as the sliders do, and keep their sum', async () => {
    const made = await separate('clean', '--clean', 'harmonic=0.6', '--clean', 'percussive=-0.2');
    const wanted = shapedBy([0.6, -0.2]);
    made.forEach((stem, s) => {
      expect(differenceDb(stem, wanted[s])).toBeLessThan(-110);
      expect(differenceDb(stem, plain[s])).toBeGreaterThan(-60);
    });
    expect(differenceDb(sumOf(made), source)).toBeLessThan(-140);
    expect(nullDb).toBeLessThan(-140);
    expect(written).toBeLessThan(-140);
  });

  it('are part of what makes a result: other values make other files', async () => {
    const [first] = await separate('again', '--clean', 'harmonic=1');
    const [second] = await separate('again', '--clean', 'harmonic=-1', '--overwrite');
    expect(differenceDb(first, second)).toBeGreaterThan(-40);
  });

  it('shape stems that are mixed again', async () => {
    const file = join(dir, 'mix.wav');
    const args = ['--clean', 'harmonic=0.6', '--clean', 'percussive=-0.2', '--mute', 'percussive'];
    const { code, err } = await cli.run(['remix', join(dir, 'plain', 'song'), '-o', file, ...args]);
    expect(code, err).toBe(0);
    expect(differenceDb((await ears.read(file)).planes, shapedBy([0.6, -0.2])[0])).toBeLessThan(-110);
  });

  it.each([
    [['--clean', 'vocals=0.5'], /no stem "vocals".*harmonic, percussive/s],
    [['--shape', 'vocals-clean'], /no stem "vocals"/],
    [['--clean', 'harmonic=2'], /from -1 \(full\) to 1 \(clean\)/],
    [['--clean', 'harmonic'], /like vocals=0.5/],
    [['--shape', 'loud'], /vocals-clean, vocals-full, balanced/],
  ])('%s is refused before any work', async (args, message) => {
    const { code, err } = await cli.run(['separate', path, '-o', join(dir, 'no'), '-m', 'hpss', ...args]);
    expect(code).not.toBe(0);
    expect(err).toMatch(message);
  });
});
