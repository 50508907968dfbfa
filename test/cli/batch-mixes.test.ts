import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { InProcess, jsonLines, testFolder } from './support/run.js';
import { Listener, differenceDb, hashes, song, worst, writeWav } from './support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const ears = new Listener(dir);
const fast = ['-m', 'hpss', '--workers', '1'];
const at = (...parts: string[]): string => join(dir, ...parts);

interface Outcome {
  readonly code: number | null;
  readonly err: string;
  /** What became of each song. */
  readonly states: readonly string[];
}

async function batch(output: string, ...args: string[]): Promise<Outcome> {
  const { code, err, out } = await cli.run([
    'batch',
    at('songs'),
    '-o',
    at(output),
    ...fast,
    ...args,
    '--json',
  ]);
  const report = jsonLines(out).at(-1) as { items?: { state: { state: string } }[] } | undefined;
  return { code, err, states: report?.items?.map((item) => item.state.state) ?? [] };
}

async function heard(...parts: string[]): Promise<Float32Array[]> {
  return (await ears.read(at(...parts))).planes;
}

beforeAll(() => {
  for (const name of ['one.wav', 'B/two.wav'])
    writeWav(at('songs', name), song(2, 6000, 44100, name.length), 44100);
});

describe('a batch of mixes', () => {
  it('gives each song one file, what `remix` makes of it, and does not make it again', async () => {
    const args = ['--mute', 'percussive', '--gain', 'harmonic=-3', '--depth', '32f'];
    expect(await batch('mixes', ...args)).toMatchObject({ code: 0, states: ['done', 'done'] });
    expect(Object.keys(hashes(at('mixes'))).sort()).toEqual([
      'B/two/two [remix].wav',
      'one/one [remix].wav',
      'unbraid-report.json',
    ]);
    await cli.run(['remix', at('songs', 'one.wav'), '-o', at('alone.wav'), ...fast, ...args]);
    const alone = await heard('alone.wav');
    expect(worst(await heard('mixes', 'one', 'one [remix].wav'), alone)).toBe(0);
    expect((await batch('mixes', ...args)).states).toEqual(['skipped', 'skipped']);

    // Another mix of the same name is another product, and takes the place of the first.
    const louder = ['--mute', 'percussive', '--depth', '32f'];
    expect((await batch('mixes', ...louder)).states).toEqual(['done', 'done']);
    const scaled = alone.map((plane) => plane.map((x) => x * 10 ** (3 / 20)));
    expect(differenceDb(await heard('mixes', 'one', 'one [remix].wav'), scaled)).toBeLessThan(-120);
  });

  it('calls them by their preset, and they do not count as stems', async () => {
    expect((await batch('named', '--preset', 'practice=percussive')).states).toEqual(['done', 'done']);
    expect(existsSync(at('named', 'one', 'one [practice percussive].wav'))).toBe(true);
    expect((await batch('named')).states).toEqual(['done', 'done']);
    expect(Object.keys(hashes(at('named', 'one'))).sort()).toEqual([
      'one [harmonic].wav',
      'one [percussive].wav',
      'one [practice percussive].wav',
      'one.unbraid.json',
    ]);
  });

  it.each([
    [['--mute', 'horns'], /There is no stem "horns"/],
    [['--preset', 'karaoke'], /There is no stem "vocals"/],
    [['--mute', 'percussive', '--stems', 'harmonic'], /stems cannot be chosen as well/],
    [['--mute', 'percussive', '-f', 'stem.mp4'], /A mix is one file/],
  ])('%s is refused before any song is read', async (args, message) => {
    const refused = await batch('refused', ...args);
    expect(refused.code).not.toBe(0);
    expect(refused.err).toMatch(message);
    expect(existsSync(at('refused'))).toBe(false);
  });
});
