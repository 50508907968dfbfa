import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import { makeOracle } from '../../src-main/common/separation/evaluation/oracles.js';
import { noise, sine } from '../fixtures/signals.js';
import { InProcess, jsonLines, testFolder } from './support/run.js';
import { Listener, differenceDb, sumOf, worst, writeWav } from './support/songs.js';

const dir = testFolder();
const at = (...parts: string[]): string => join(dir, ...parts);
const cli = new InProcess(at('cache'));
const ears = new Listener(dir);
const [rate, length] = [22_050, 3 * 22_050];

const beat = noise(length, 3).map((x, i) => 0.3 * x * Math.exp(-(i % 5000) / 500));
const voice = sine(length, 880, rate, 0.3).map((x, i) => x * Math.sin((Math.PI * i) / length));
const truth = { vocals: [voice, voice], drums: [beat, beat.map((x) => 0.5 * x)] };
const unknown = noise(length, 8).map((x) => 0.05 * x);
const song = sumOf(Object.values(truth)).map((plane) => Float32Array.from(plane));

beforeAll(() => {
  mkdirSync(at('truth'));
  for (const [name, planes] of Object.entries(truth))
    writeWav(at('truth', `${name}.wav`), planes, rate, '32f');
  writeWav(at('song.wav'), song, rate, '32f');
  const more = song.map((plane) => plane.map((x, i) => x + unknown[i]));
  writeWav(at('more.wav'), more, rate, '32f');
});

async function separate(
  file: string,
  output: string,
  ...args: string[]
): Promise<Map<string, Float32Array[]>> {
  const all = ['separate', at(file), '-o', at(output), '--truth', at('truth'), '--json', ...args];
  const { code, out, err } = await cli.run(all);
  expect(code, err).toBe(0);
  const report = jsonLines(out).at(-1) as unknown as BatchReport;
  const { state } = report.items[0];
  if (state.state !== 'done') throw new Error(state.state);
  expect(state.result.nullDb).toBeLessThan(-100);
  const stems = new Map<string, Float32Array[]>();
  for (const { stem, path } of state.result.outputs) stems.set(stem, (await ears.read(path)).planes);
  return stems;
}

describe('unbraid separate --oracle', () => {
  it.each(['ibm', 'irm2', 'cirm'] as const)(
    'makes the masks of the true stems, and all adds up: %s',
    async (kind) => {
      const stems = await separate('song.wav', kind, '--oracle', kind);
      expect([...stems.keys()].sort()).toEqual(['drums', 'vocals']);
      expect(worst(sumOf([...stems.values()]), song)).toBeLessThan(1e-6);
      const wanted = Float32Array.from(beat, () => 0);
      const planes = Object.values(truth);
      makeOracle(
        {
          ...{ stems: 2, channels: 2, frames: length },
          reference: (stem, channel, start, into) =>
            into.forEach((_, i) => (into[i] = planes[stem][channel][start + i] ?? 0)),
        },
        kind,
        (stem, start, made) => stem === 0 && wanted.set(made[0], start),
      );
      expect(worst([stems.get('vocals')![0]], [wanted])).toBeLessThan(1e-5);
      expect(differenceDb([stems.get('vocals')![0]], [voice])).toBeLessThan(-12);
    },
  );

  it('what the song has beside its true stems competes with them, and is a stem where one asks', async () => {
    const stems = await separate('more.wav', 'more', '--oracle', 'irm2', '--residual', 'stem');
    expect([...stems.keys()].sort()).toEqual(['drums', 'residual', 'vocals']);
    expect(differenceDb([stems.get('residual')![0]], [unknown])).toBeLessThan(-2);
    const folded = await separate('more.wav', 'folded', '--oracle', 'irm2');
    expect(worst(folded.get('vocals')!, stems.get('vocals')!)).toBeLessThan(1e-6);
    const both = sumOf([stems.get('drums')!, stems.get('residual')!]);
    expect(worst(both, folded.get('drums')!)).toBeLessThan(1e-6);
  });

  it('refuses half an order, several songs, two stems, and stems of another rate', async () => {
    const ask = async (...args: string[]): Promise<string> => {
      const { code, err } = await cli.run(['separate', '-o', at('none'), ...args]);
      expect(code).not.toBe(0);
      return err;
    };
    const whole = ['--oracle', 'irm2', '--truth', at('truth')];
    expect(await ask(at('song.wav'), '--oracle', 'irm2')).toContain('belong together');
    expect(await ask(at('song.wav'), at('more.wav'), ...whole)).toContain('those of one song');
    expect(await ask(at('song.wav'), ...whole, '-2', 'vocals')).toContain('neither two nor cleaner');
    writeWav(at('slow.wav'), song, 16_000, '32f');
    expect(await ask(at('slow.wav'), ...whole)).toContain('differ from the song in rate');
    expect(await ask(at('song.wav'), ...whole, '-m', 'hpss')).toContain('takes the place of a model');
    expect(await ask(at('song.wav'), ...whole, '--factors')).toContain('separators that factorize');
  });

  it.each([
    [['--phase', 'misi'], 'has phases already'],
    [['--wiener', '1'], 'no Wiener filter comes after'],
    [['--overlap', '0.5'], '"overlap" belongs to'],
    [['--shifts', '1'], '"shifts" belongs to'],
    [['--segment', '5'], '"segment" belongs to'],
    [['--average', 'polarity'], '"averaging" belongs to'],
  ])('refuses what it would leave undone: %s', async (args, message) => {
    const whole = ['separate', at('song.wav'), '-o', at('none'), '--oracle', 'irm2', '--truth', at('truth')];
    const { code, err } = await cli.run([...whole, ...args]);
    expect(code).not.toBe(0);
    expect(err).toContain(message);
  });

  it('lets a setting pass that turns something off', async () => {
    expect((await separate('song.wav', 'off', '--oracle', 'irm2', '--wiener', '0')).size).toBe(2);
  });

  it('refuses the stems of another song, by their length and by their sound', async () => {
    const ask = (file: string): ReturnType<typeof cli.run> =>
      cli.run(['separate', at(file), '-o', at('none'), '--oracle', 'irm2', '--truth', at('truth')]);
    const part = song.map((plane) => plane.subarray(0, 2 * rate));
    writeWav(at('part.wav'), part, rate, '32f');
    const short = await ask('part.wav');
    expect(short.code).not.toBe(0);
    expect(short.err).toContain('lasts 3.0 s, the song 2.0 s');
    // As long, but nothing of it is in the stems.
    const foreign = [4, 5].map((seed) => noise(length, seed).map((x) => 0.1 * x));
    writeWav(at('foreign.wav'), foreign, rate, '32f');
    expect((await ask('foreign.wav')).err).toContain('not parts of this song');
  });
});
