import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RemixResult } from '../../src-main/common/jobs/results.js';
import { InProcess, jsonLines, testFolder } from './support/run.js';
import { Listener, differenceDb, song, sumOf, worst, writeWav } from './support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const ears = new Listener(dir);
const names = ['vocals', 'drums', 'bass', 'other'];
const source = song(2, 22050);
const path = join(dir, 'song.wav');
const stemFolder = join(dir, 'stems', 'song');
/** The stems as float files, `[stem][channel][frame]`. */
let stems: Float32Array[][];

beforeAll(async () => {
  writeWav(path, source, 44100, '32f');
  await cli.run(['separate', path, '-o', join(dir, 'stems'), '--workers', '1']);
  stems = await Promise.all(
    names.map(async (name) => (await ears.read(join(stemFolder, `song [${name}].wav`))).planes),
  );
  await cli.run([
    'separate',
    path,
    '-o',
    join(dir, 'ni'),
    '--workers',
    '1',
    '-f',
    'stem.mp4',
    '--depth',
    '24',
  ]);
});

let count = 0;
/** Mixes into a fresh float WAV; its samples. */
async function mix(input: string, ...args: string[]): Promise<Float32Array[]> {
  const file = join(dir, `mix-${count++}.wav`);
  const { code, err } = await cli.run(['remix', input, '-o', file, '--workers', '1', ...args]);
  if (code !== 0) throw new Error(err);
  return (await ears.read(file)).planes;
}

/** Σ gains[stem][channel] · stem. */
function expected(gains: readonly (readonly number[])[]): Float64Array[] {
  return sumOf(stems.map((planes, s) => planes.map((plane, c) => plane.map((x) => x * gains[s][c]))));
}

const one = [1, 1];
const none = [0, 0];

describe('a remix of a song', () => {
  it('with nothing changed is the song', async () => {
    expect(differenceDb(await mix(path), source)).toBeLessThan(-120);
  });

  it('--mute is the sum of the others', async () => {
    expect(
      differenceDb(await mix(path, '--mute', 'vocals,bass'), expected([none, one, none, one])),
    ).toBeLessThan(-120);
  });

  it('--solo, --gain and --pan do what the mixer says', async () => {
    const args = ['--solo', 'drums', '--solo', 'bass', '--gain', 'drums=-6dB', '--pan', 'bass=0.25'];
    const half = 10 ** (-6 / 20);
    expect(
      differenceDb(await mix(path, ...args), expected([none, [half, half], [0.75, 1], none])),
    ).toBeLessThan(-120);
  });
});

describe('a preset', () => {
  const half = 10 ** (-6 / 20);
  it.each([
    [
      ['--preset', 'karaoke'],
      [none, one, one, one],
    ],
    [
      ['--preset', 'acappella'],
      [one, none, none, none],
    ],
    [
      ['--preset', 'drumless', '--mute', 'bass'],
      [one, none, none, one],
    ],
    [
      ['--preset', 'practice=bass'],
      [one, one, [half, half], one],
    ],
  ])('%j', async (args, gains) => {
    expect(differenceDb(await mix(stemFolder, ...args), expected(gains))).toBeLessThan(-120);
  });

  it('is listed in the help', async () => {
    expect((await cli.run(['remix', '--help'])).out).toMatch(/--preset[^]*karaoke[^]*practice=STEM/);
  });
});

describe('a remix of stems made before', () => {
  it('from a folder is the same as from the song, and needs no separation', async () => {
    expect(
      differenceDb(await mix(stemFolder, '--mute', 'drums'), expected([one, none, one, one])),
    ).toBeLessThan(-120);
    expect(
      differenceDb(await mix(stemFolder, '--gain', 'other=-inf'), expected([one, one, one, none])),
    ).toBeLessThan(-120);
  });

  it('says which pieces of muted drums are not in it', async () => {
    const folder = join(dir, 'kit');
    for (const name of ['vocals', 'kick', 'snare']) writeWav(join(folder, `${name}.wav`), song(2, 1000));
    const heard = async (...args: string[]): Promise<string> =>
      (await cli.run(['remix', folder, '-o', join(dir, `kit-${count++}.wav`), ...args])).err;
    expect(await heard('--mute', 'drums')).toContain('Mixed vocals; peak');
    expect(await heard('--solo', 'drums')).toContain('Mixed kick, snare; peak');
  });

  it('with something taken away in the editor leave it out, unless it is named', async () => {
    const folder = join(dir, 'taken');
    const parts = ['vocals', 'other', 'removed'].map((name, i) => {
      const planes = song(2, 1000).map((plane) =>
        plane.map((x, n) => x * 0.2 * (1 + ((n * (i + 2)) % 7) / 7)),
      );
      writeWav(join(folder, `song [${name}].wav`), planes, 44_100, '32f');
      return planes;
    });
    const [vocals, other, removed] = parts;
    expect(differenceDb(await mix(folder), sumOf([vocals, other]))).toBeLessThan(-120);
    expect(worst(await mix(folder, '--preset', 'karaoke'), sumOf([other]))).toBe(0);
    expect(worst(await mix(folder, '--preset', 'acappella'), sumOf([vocals]))).toBe(0);
    expect(worst(await mix(folder, '--solo', 'removed'), sumOf([removed]))).toBe(0);
    expect(differenceDb(await mix(folder, '--gain', 'removed=0'), sumOf(parts))).toBeLessThan(-120);
    const { err } = await cli.run(['remix', folder, '-o', join(dir, 'taken.wav'), '--preset', 'karaoke']);
    expect(err).toContain('Mixed other; peak');
  });

  it('are those stems alone: mixes beside them, of this program or others, are in none', async () => {
    const folder = join(dir, 'beside');
    for (const [i, name] of names.entries())
      writeWav(join(folder, `song [${name}].wav`), stems[i], 44_100, '32f');
    for (const name of ['mixture', 'song [mix]'])
      writeWav(join(folder, `${name}.wav`), source, 44_100, '32f');
    writeFileSync(join(folder, 'song.stem.mp4'), readFileSync(join(dir, 'ni', 'song', 'song.stem.mp4')));
    const into = async (...args: string[]): Promise<Float32Array[]> => {
      const { code, err, out } = await cli.run(['remix', folder, '-o', folder, '--depth', '32f', ...args]);
      if (code !== 0) throw new Error(err);
      return (await ears.read(out.trim())).planes;
    };
    const quiet = 10 ** (-6 / 20);
    const less = [one, one, [quiet, quiet], one];
    expect(differenceDb(await into('--preset', 'karaoke'), expected([none, one, one, one]))).toBeLessThan(
      -120,
    );
    expect(differenceDb(await into('--preset', 'practice=bass'), expected(less))).toBeLessThan(-120);
    expect(differenceDb(await into(), source)).toBeLessThan(-120);
    // An earlier mix is no source, and is replaced when that is asked for; what others have made is not.
    const again = ['--preset', 'practice=bass', '--gain', 'vocals=0', '--overwrite'];
    expect(differenceDb(await into(...again), expected(less))).toBeLessThan(-120);
    const onMixture = await cli.run(['remix', folder, '-o', join(folder, 'mixture.wav'), '--overwrite']);
    expect(onMixture.err).toContain('would replace a source file');
  });

  it('are called as their files are, in capitals or not', async () => {
    const folder = join(dir, 'capitals');
    for (const [i, name] of ['Vocals', 'DRUMS', 'Bass', 'other'].entries())
      writeWav(join(folder, `${name}.wav`), stems[i], 44_100, '32f');
    const args = ['--preset', 'karaoke', '--mute', 'drums', '--gain', 'Bass=-inf'];
    expect(worst(await mix(folder, ...args), expected([none, none, none, one]))).toBe(0);
  });

  it('are refused when two files are the same stem, and when there are none', async () => {
    const folder = join(dir, 'twice');
    for (const name of ['vocals', 'song [vocals]', 'other'])
      writeWav(join(folder, `${name}.wav`), song(2, 1000));
    const twice = await cli.run(['remix', folder, '-o', join(dir, 'twice.wav')]);
    expect(twice).toMatchObject({ code: 2, out: '' });
    expect(twice.err).toContain('Two files are the stem "vocals": song [vocals].wav and vocals.wav');
    writeWav(join(dir, 'whole', 'mixture.wav'), song(2, 1000));
    const whole = await cli.run(['remix', join(dir, 'whole'), '-o', join(dir, 'whole.wav')]);
    expect(whole.code).toBe(1);
    expect(whole.err).toContain('The folder holds no stems');
  });

  it('from a .stem.mp4 takes its parts, not its master', async () => {
    const file = join(dir, 'ni', 'song', 'song.stem.mp4');
    expect(worst(await mix(file, '--mute', 'vocals'), expected([none, one, one, one]))).toBeLessThan(
      4 * 2 ** -23,
    );
  });

  it('that do not belong together is refused', async () => {
    const folder = join(dir, 'odd');
    writeWav(join(folder, 'a.wav'), song(2, 1000));
    writeWav(join(folder, 'b.wav'), song(2, 1001));
    const { code, err } = await cli.run(['remix', folder, '-o', join(dir, 'odd.wav')]);
    expect(code).toBe(2);
    expect(err).toMatch(/odd\/b\.wav: The stems do not belong together: .*1000 samples and .*1001 samples/);
  });
});

describe('the file of a remix', () => {
  it('has the format that its name says, the song’s tags, and the path on stdout', async () => {
    const file = join(dir, 'karaoke.flac');
    const { code, out } = await cli.run(['remix', stemFolder, '--mute', 'vocals', '-o', file]);
    expect({ code, out }).toEqual({ code: 0, out: `${file}\n` });
    const { info } = await ears.read(file);
    expect(info).toMatchObject({ codec: 'flac', bitDepth: 24, frames: 22050, sampleRate: 44100 });
    expect(info.tags['title']).toContain('[remix]');
  });

  it('goes into a folder under a new name', async () => {
    const { out } = await cli.run(['remix', stemFolder, '-o', `${dir}/`, '-f', 'mp3', '--json']);
    const result = jsonLines(out).at(-1) as unknown as RemixResult;
    expect(result).toMatchObject({ event: 'report', path: join(dir, 'song [remix].mp3'), gainDb: 0 });
    expect([...result.stems].sort()).toEqual([...names].sort());
    expect(existsSync(result.path)).toBe(true);
  });

  it('is called after its preset in a folder, if it is that and nothing more', async () => {
    const called = async (...args: readonly string[]): Promise<string> =>
      (await cli.run(['remix', stemFolder, '-o', `${dir}/`, '-f', 'flac', ...args])).out;
    const karaoke = join(dir, 'song [karaoke].flac');
    expect(await called('--preset', 'karaoke')).toBe(`${karaoke}\n`);
    expect((await ears.read(karaoke)).info.tags['title']).toContain('[karaoke]');
    expect(await called('--preset', 'practice=bass')).toBe(`${join(dir, 'song [practice bass].flac')}\n`);
    const more = ['--preset', 'karaoke', '--mute', 'drums'];
    expect(await called(...more)).toBe(`${join(dir, 'song [remix].flac')}\n`);
  });

  it('is lowered when it would clip, with a note', async () => {
    const file = join(dir, 'loud.flac');
    const { err } = await cli.run(['remix', stemFolder, '--gain', 'other=+20', '-o', file]);
    expect(err).toMatch(/note: All outputs lowered by -\d/);
    const { planes } = await ears.read(file);
    const peak = Math.max(
      ...planes.map((plane) => plane.reduce((most, x) => Math.max(most, Math.abs(x)), 0)),
    );
    expect(peak).toBeGreaterThan(0.99);
    expect(peak).toBeLessThan(1);
  });

  it('never replaces an existing file unasked, nor a source at all', async () => {
    const file = join(dir, 'there.wav');
    writeFileSync(file, 'mine');
    expect((await cli.run(['remix', stemFolder, '-o', file])).err).toContain('The output exists already');
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const before = readFileSync(path);
    const onSong = await cli.run(['remix', path, '-o', path, '--overwrite']);
    expect(onSong.err).toContain('would replace a source file');
    expect(readFileSync(path)).toEqual(before);
    const stem = join(stemFolder, 'song [bass].wav');
    const onStem = await cli.run(['remix', stemFolder, '-o', stem, '--overwrite']);
    expect(onStem).toMatchObject({ code: 2, out: '' });
    expect((await ears.read(stem)).planes).toEqual(stems[2]);
  });

  it('that cannot hold the song is refused before anything is separated or mixed', async () => {
    const high = join(dir, 'high.wav');
    writeWav(high, song(2, 9600), 96_000, '16');
    const parts = join(dir, 'high');
    mkdirSync(parts);
    for (const name of ['vocals', 'other']) writeWav(join(parts, `${name}.wav`), song(1, 9600), 96_000, '16');
    for (const input of [high, parts]) {
      const file = join(dir, 'high.mp3');
      const run = await cli.run(['remix', input, '-o', file, '--workers', '1', '--json']);
      expect(run.code).toBe(1);
      expect(run.err).toContain(`${input}: MP3 cannot hold 96000 Hz (48,000 Hz at most)`);
      expect(run.err).toContain('Choose WAV or FLAC.');
      // A separation would show in the events before it starts a model's process.
      const told = jsonLines(run.out).map((line) => JSON.stringify(line));
      expect(told.filter((line) => /"phase":"(separate|write|verify)"/.test(line))).toEqual([]);
      expect(existsSync(file)).toBe(false);
    }
    // A folder's settings name the format.
    const run = await cli.run(['remix', high, '-o', `${dir}/`, '-f', 'stem.mp4']);
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).not.toContain('separat');
  });

  it('leaves nothing beside it', () => {
    expect(readdirSync(dir).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it.each([
    [['--mute', 'horns'], 2, /There is no stem "horns". The stems are/],
    [['--gain', 'drums'], 2, /drums=-6dB/],
    [['--gain', 'drums=loud'], 2, /must be in dB/],
    [['--pan', 'bass=2'], 2, /from -1 \(left\) to 1/],
    [['--preset', 'loud'], 2, /presets are karaoke, acappella, drumless, practice/],
    [['--preset', 'karaoke', '--preset', 'drumless'], 2, /one preset at a time/],
    [['--preset', 'practice'], 2, /needs a stem. Name it like practice=bass/],
    [['--preset', 'practice=horns'], 2, /There is no stem "horns"/],
    [['-o', 'out.wma'], 1, /"\.wma" is not a format/],
  ])('%j is an error that says what to do', async (args, code, message) => {
    const outcome = await cli.run(['remix', stemFolder, '-o', join(dir, 'never.wav'), ...args]);
    expect(outcome.code).toBe(code);
    expect(outcome.err).toMatch(message);
    expect(existsSync(join(dir, 'never.wav'))).toBe(false);
  });
});
