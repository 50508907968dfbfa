import { createHash } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import type { FileResult } from '../../src-main/common/jobs/results.js';
import { parseSidecar, type Sidecar } from '../../src-main/common/jobs/sidecar.js';
import type { VerifiedSet, VerifyReport } from '../../src-main/common/jobs/verification.js';
import { InProcess, jsonLines, testFolder } from './support/run.js';
import { Listener, differenceDb, hashes, song, sumOf, writeWav } from './support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const ears = new Listener(dir);
const planes = song(2, 30_000);
const source = writeWav(join(dir, 'in', 'song.wav'), planes);
const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

async function separate(path: string, out: string, ...args: string[]): Promise<FileResult> {
  const common = ['--workers', '1', '--json', '-m', 'hpss'];
  const { code, out: text, err } = await cli.run(['separate', path, '-o', out, ...common, ...args]);
  const { state } = (jsonLines(text).at(-1) as unknown as BatchReport).items[0];
  if (code !== 0 || state.state !== 'done') throw new Error(`${JSON.stringify(state)} ${err}`);
  return state.result;
}

async function verify(folder: string, ...args: string[]): Promise<{ code: number; report: VerifyReport }> {
  const { code, out } = await cli.run(['verify', folder, '--json', ...args]);
  return { code: code!, report: jsonLines(out).at(-1) as unknown as VerifyReport };
}

const readSidecar = (path: string): Sidecar => parseSidecar(readFileSync(path, 'utf8'));

/** A copy of a finished folder, to be spoilt. */
let copies = 0;
function copyOf(folder: string): string {
  const copy = join(dir, `copy-${copies++}`);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Edits the sidecar of a copy as anybody could. */
function rewrite(path: string, change: (sidecar: Sidecar) => unknown): void {
  const sidecar = readSidecar(path);
  change(sidecar);
  writeFileSync(path, JSON.stringify(sidecar));
}

let wav: FileResult;
beforeAll(async () => {
  wav = await separate(source, join(dir, 'wav'));
});

describe('the sidecar of a set', () => {
  it('lies beside the stems and says what they are', async () => {
    expect(wav.sidecar).toBe(join(dir, 'wav', 'song', 'song.unbraid.json'));
    const sidecar = readSidecar(wav.sidecar!);
    expect(sidecar.source).toMatchObject({
      name: 'song.wav',
      sha256: sha256(source),
      rate: 44100,
      channels: 2,
    });
    expect(sidecar.source).toMatchObject({ start: 0, frames: 30_000 });
    expect(sidecar).toMatchObject({ whole: true, gain: 1, model: { id: 'hpss', weights: [] } });
    expect(sidecar.null).toEqual({ engineDb: expect.closeTo(wav.nullDb, 1) as number, filesDb: -999 });
    expect(sidecar.settings).toMatchObject({ model: 'hpss', format: 'wav' });
    expect(sidecar.files.map(({ file }) => file)).toEqual(['song [harmonic].wav', 'song [percussive].wav']);
    for (const { file, sha256: said, tracks } of sidecar.files) {
      const path = join(dirname(wav.sidecar!), file);
      expect(said).toBe(sha256(path));
      const { planes: heard } = await ears.read(path);
      const interleaved = new Float32Array(60_000).map((_, i) => heard[i % 2][Math.floor(i / 2)]);
      const digest = createHash('sha256').update(new Uint8Array(interleaved.buffer)).digest('hex');
      expect(tracks).toEqual([
        { index: null, stem: /\[(\w+)\]/.exec(file)![1], role: 'stem', pcmSha256: digest },
      ]);
    }
  });

  it('has an id that the stems carry: in bext, or as a tag', async () => {
    const { id } = readSidecar(wav.sidecar!);
    const bytes = readFileSync(wav.outputs[0].path);
    const bext = bytes.indexOf('bext') + 8;
    // EBU Tech 3285: description 256 bytes, originator 32, its reference 32.
    expect(bytes.toString('latin1', bext + 256, bext + 263)).toBe('Unbraid');
    expect(bytes.toString('latin1', bext + 288, bext + 320)).toBe(id);
    for (const format of ['flac', 'mp3', 'opus', 'aiff']) {
      const made = await separate(source, join(dir, `tags-${format}`), '-f', format);
      const own = readSidecar(made.sidecar!).id;
      const raw = readFileSync(made.outputs[0].path);
      expect([format, raw.includes(own) || raw.includes(Buffer.from(own, 'utf16le'))]).toEqual([
        format,
        true,
      ]);
      expect((await ears.read(made.outputs[0].path)).info.tags).not.toHaveProperty('unbraid_set');
    }
    expect((await ears.read(wav.outputs[0].path)).info.tags).not.toHaveProperty('originator_reference');
  });

  it('is the same for the same work', async () => {
    await separate(source, join(dir, 'again'));
    expect(hashes(join(dir, 'again'))).toEqual(hashes(join(dir, 'wav')));
  });

  it('is not needed for a result to count as done', async () => {
    const folder = copyOf(join(dir, 'wav'));
    rmSync(join(folder, 'song', 'song.unbraid.json'));
    const args = ['--workers', '1', '--json', '-m', 'hpss'];
    const { out } = await cli.run(['separate', source, '-o', folder, ...args]);
    expect((jsonLines(out).at(-1) as unknown as BatchReport).summary.skipped).toBe(1);
  });

  it('of another format in the same folder gets a new name, and what is not ours stays', async () => {
    const out = join(dir, 'shared');
    mkdirSync(join(out, 'song'), { recursive: true });
    writeFileSync(join(out, 'song', 'song.unbraid.json'), 'notes of my own');
    const first = await separate(source, out);
    const second = await separate(source, out, '-f', 'flac');
    expect([first, second].map(({ sidecar }) => basename(sidecar!))).toEqual([
      'song (2).unbraid.json',
      'song (3).unbraid.json',
    ]);
    expect(readFileSync(join(out, 'song', 'song.unbraid.json'), 'utf8')).toBe('notes of my own');
    // The stems are made anew with other settings: so is their sidecar.
    const again = await separate(source, out, '--residual', 'spread', '--overwrite');
    expect(basename(again.sidecar!)).toBe('song (2).unbraid.json');
    rmSync(join(out, 'song', 'song.unbraid.json'));
    expect((await verify(out)).report.summary).toMatchObject({ proved: 2, broken: 0, refused: 0 });
  });

  it('describes what follows the schema that is published', async () => {
    const { code, out } = await cli.run(['verify', '--schema']);
    const schema = JSON.parse(out) as { required: string[]; properties: Record<string, unknown> };
    expect(code).toBe(0);
    expect([...schema.required].sort()).toEqual(Object.keys(readSidecar(wav.sidecar!)).sort());
  });
});

describe('null figures are those of the files that were written', () => {
  it.each([['mp3'], ['aac'], ['vorbis']])('%s', async (format) => {
    const result = await separate(source, join(dir, `null-${format}`), '-f', format);
    const parts = await Promise.all(result.outputs.map(async ({ path }) => (await ears.read(path)).planes));
    const measured = differenceDb(sumOf(parts), (await ears.read(source)).planes);
    expect(measured).toBeGreaterThan(-100);
    expect(result.nullDb).toBeLessThan(-130);
    expect(result.writtenNullDb).toBeCloseTo(measured, 6);
  });

  it('Opus, which is always at 48 kHz, against the source at that rate', async () => {
    const result = await separate(source, join(dir, 'null-opus'), '-f', 'opus');
    expect(result.writtenNullDb).toBeGreaterThan(-80);
    expect(result.writtenNullDb).toBeLessThan(-15);
  });

  it('in the lines for people too, with that of before', async () => {
    const args = [
      'separate',
      source,
      '-o',
      join(dir, 'null-text'),
      '-m',
      'hpss',
      '-f',
      'mp3',
      '--workers',
      '1',
    ];
    const { err } = await cli.run(args);
    expect(err).toMatch(/null test -\d\d\.\d dB \(-1\d\d\.\d dB before writing\)/);
  });
});

describe('unbraid verify', () => {
  it('proves an exact sum even without the source, and measures it with', async () => {
    const { code, report } = await verify(join(dir, 'wav'));
    expect(code).toBe(0);
    expect(report.sets).toHaveLength(1);
    expect(report.sets[0]).toMatchObject({ verdict: 'proved', measuredDb: -999, sourceVerdict: 'not-given' });
    const against = await verify(join(dir, 'wav'), '--source', source);
    expect(against.report.sets[0]).toMatchObject({
      verdict: 'proved',
      measuredDb: -999,
      sourceVerdict: 'same',
    });
    expect(against.report.extra).toEqual([]);
  });

  it.each([['mp3'], ['opus'], ['flac']])('measures %s again from the files', async (format) => {
    const out = join(dir, `verify-${format}`);
    const { writtenNullDb } = await separate(source, out, '-f', format);
    expect((await verify(out)).report.sets[0].verdict).toBe(format === 'flac' ? 'proved' : 'unchanged');
    const [set] = (await verify(out, '--source', dirname(source))).report.sets;
    expect(set).toMatchObject({ verdict: 'proved', sourceVerdict: 'same', lossless: format === 'flac' });
    expect(set.measuredDb).toBeCloseTo(writtenNullDb!, 6);
    if (format !== 'mp3') return;
    const { out: text } = await cli.run(['verify', out, '--source', source]);
    expect(text).toMatch(/proved +-\d\d\.\d dB \(lossy; -1\d\d\.\d dB before encoding\)/);
  });

  it('knows the tracks of a stem file', async () => {
    const out = join(dir, 'ni');
    const result = await separate(source, out, '-m', 'classic-4', '-f', 'stem.mp4', '--depth', '16');
    const tracks = readSidecar(result.sidecar!).files[0].tracks.map(({ stem, role }) => [stem, role]);
    expect(tracks).toEqual([
      ['master', 'master'],
      ...['drums', 'bass', 'other', 'vocals'].map((stem) => [stem, 'stem']),
    ]);
    expect(result.writtenNullDb).toBeLessThan(-60);
    expect((await verify(out, '--source', source)).report.sets[0]).toMatchObject({ verdict: 'proved' });
  });

  it('does not ask some of the stems to add up', async () => {
    const out = join(dir, 'some');
    const result = await separate(source, out, '--stems', 'harmonic');
    expect(result.writtenNullDb).toBeNull();
    const { code, report } = await verify(out, '--source', source);
    expect([code, report.sets[0].verdict, report.sets[0].measuredDb]).toEqual([0, 'unchanged', null]);
  });

  it('knows a gain, and the song by its samples when its bytes are others', async () => {
    const out = join(dir, 'loud');
    const { gainDb } = await separate(source, out, '--loudness', '-30');
    expect(gainDb).toBeLessThan(-1);
    const tagged = join(dir, 'tagged', 'song.wav');
    mkdirSync(dirname(tagged));
    copyFileSync(source, tagged);
    appendFileSync(tagged, Buffer.from('note\x04\0\0\0abcd', 'latin1'));
    const { report } = await verify(out, '--source', dirname(tagged));
    expect(report.sets[0]).toMatchObject({ verdict: 'proved', sourceVerdict: 'same-sound' });
  });

  it('takes a whole batch with its folders, and sources by their names', async () => {
    const [music, out] = [join(dir, 'music'), join(dir, 'stems')];
    writeWav(join(music, 'a', 'one.wav'), song(2, 12_000, 44100, 2));
    writeWav(join(music, 'b', 'one.wav'), song(1, 12_000, 44100, 3));
    writeWav(join(music, 'two.wav'), song(2, 12_000, 44100, 4));
    const template = '{name} [{stem}].{ext}';
    const args = ['batch', music, '-o', out, '-m', 'hpss', '--workers', '1', '--template', template];
    expect((await cli.run(args)).code).toBe(0);
    expect(readdirSync(join(out, 'a')).sort()).toEqual([
      'one [harmonic].wav',
      'one [percussive].wav',
      'one.unbraid.json',
    ]);
    const { code, report } = await verify(out, '--source', music);
    expect(code).toBe(0);
    expect(report.summary).toEqual({ proved: 3, unchanged: 0, broken: 0, refused: 0 });
    expect(report.sets.map(({ sourceVerdict }) => sourceVerdict)).toEqual(['same', 'same', 'same']);
  });
});

describe('what has happened to the files is said of each', () => {
  const spoil: [string, (folder: string) => void, string[], VerifiedSet['verdict'], number | null][] = [
    [
      'a sample that differs',
      (folder) => {
        const bytes = readFileSync(join(folder, 'song [percussive].wav'));
        bytes[bytes.indexOf('data') + 8 + 40_001] ^= 0x10;
        writeFileSync(join(folder, 'song [percussive].wav'), bytes);
      },
      ['unchanged', 'changed'],
      'broken',
      -50,
    ],
    [
      'a file that is gone',
      (folder) => rmSync(join(folder, 'song [harmonic].wav')),
      ['missing', 'unchanged'],
      'broken',
      null,
    ],
    [
      'a file that was cut',
      (folder) => truncateSync(join(folder, 'song [harmonic].wav'), 20_000),
      ['damaged', 'unchanged'],
      'broken',
      null,
    ],
    [
      'a file with another name',
      (folder) => renameSync(join(folder, 'song [harmonic].wav'), join(folder, 'strings.wav')),
      ['moved', 'unchanged'],
      'proved',
      -999,
    ],
    [
      'a file with other tags',
      (folder) => {
        const path = join(folder, 'song [harmonic].wav');
        const bytes = readFileSync(path);
        bytes.write('a description', bytes.indexOf('bext') + 8, 'latin1');
        writeFileSync(path, bytes);
      },
      ['retagged', 'unchanged'],
      'proved',
      -999,
    ],
  ];
  it.each(spoil)('%s', async (_, act, verdicts, verdict, atMost) => {
    const folder = join(copyOf(join(dir, 'wav')), 'song');
    act(folder);
    const { code, report } = await verify(folder, '--source', source);
    const [set] = report.sets;
    expect(set.files.map((file) => file.verdict)).toEqual(verdicts);
    expect([set.verdict, code]).toEqual([verdict, verdict === 'broken' ? 1 : 0]);
    if (atMost === null) expect(set.measuredDb).toBeNull();
    else expect(set.measuredDb).toBeLessThanOrEqual(atMost);
    if (verdict === 'broken' && atMost !== null) expect(set.measuredDb).toBeGreaterThan(-999);
    const text = await cli.run(['verify', folder]);
    for (const [i, name] of ['song [harmonic].wav', 'song [percussive].wav'].entries())
      expect(text.out.includes(name)).toBe(verdicts[i] !== 'unchanged');
  });

  it('files of no set are named, and do not break it', async () => {
    const folder = join(copyOf(join(dir, 'wav')), 'song');
    const extra = join(folder, 'another.wav');
    copyFileSync(source, extra);
    const { code, report } = await verify(folder);
    expect([code, report.extra]).toEqual([0, [extra]]);
  });

  it('another song is not the source', async () => {
    const other = writeWav(join(dir, 'other', 'song.wav'), song(2, 30_000, 44100, 9));
    const { code, report } = await verify(join(dir, 'wav'), '--source', other);
    expect([code, report.sets[0].sourceVerdict, report.sets[0].verdict]).toEqual([1, 'other', 'broken']);
  });

  it('a folder without a sidecar, and one that is not there, are errors', async () => {
    expect((await cli.run(['verify', join(dir, 'in')])).code).toBe(1);
    expect((await cli.run(['verify', join(dir, 'nowhere')])).err).toMatch(/does not exist/);
    expect((await cli.run(['verify'])).code).toBe(2);
  });
});

describe('P7 a hostile sidecar is refused, and the others are verified', () => {
  const outside = join(dir, 'outside.wav');
  const paths = [
    '../../outside.wav',
    '/etc/passwd',
    'C:\\x.wav',
    'a/../../x.wav',
    './x.wav',
    'a//b',
    'a\0b',
    '',
  ];
  const acts: [string, (path: string) => void][] = [
    ...paths.map((path): [string, (sidecar: string) => void] => [
      `a path like ${JSON.stringify(path)}`,
      (sidecar) => rewrite(sidecar, ({ files }) => (files[0].file = path)),
    ]),
    [
      'a link in place of a stem',
      (sidecar) => {
        const path = join(dirname(sidecar), 'song [harmonic].wav');
        renameSync(path, outside);
        symlinkSync(outside, path);
      },
    ],
    [
      'a folder that is a link',
      (sidecar) => {
        symlinkSync(dirname(source), join(dirname(sidecar), 'way'));
        rewrite(sidecar, ({ files }) => (files[0].file = 'way/song.wav'));
      },
    ],
    [
      'a link in place of the sidecar',
      (sidecar) => {
        renameSync(sidecar, join(dir, 'kept.json'));
        symlinkSync(join(dir, 'kept.json'), sidecar);
      },
    ],
    ['a huge one', (sidecar) => truncateSync(sidecar, 2 ** 33)],
    ['deep JSON', (sidecar) => writeFileSync(sidecar, '['.repeat(500_000))],
    ['text', (sidecar) => writeFileSync(sidecar, 'hello')],
    ['too many files', (sidecar) => rewrite(sidecar, ({ files }) => files.push(...Array(65).fill(files[0])))],
    ['an absurd length', (sidecar) => rewrite(sidecar, ({ files }) => (files[0].frames = 2 ** 60))],
    ['an absurd gain', (sidecar) => rewrite(sidecar, (set) => (set.gain = 0))],
    [
      'a pipe',
      (sidecar) => {
        rmSync(sidecar);
        execFileSync('mkfifo', [sidecar]);
      },
    ],
  ];
  it.each(acts)('%s', async (_, act) => {
    const root = copyOf(join(dir, 'wav'));
    cpSync(join(dir, 'wav', 'song'), join(root, 'good'), { recursive: true });
    act(join(root, 'song', 'song.unbraid.json'));
    const { code, report } = await verify(root);
    expect(code).toBe(1);
    expect(report.summary).toMatchObject({ proved: 1, refused: 1 });
    const refused = report.sets.find(({ verdict }) => verdict === 'refused')!;
    expect(refused.error!.file).toContain(root);
    expect(refused.files).toEqual([]);
  });

  it('lengths that no file has cost nothing', async () => {
    const root = copyOf(join(dir, 'wav'));
    const sidecar = join(root, 'song', 'song.unbraid.json');
    rewrite(sidecar, ({ files, source: song }) => {
      for (const file of files) [file.frames, file.sha256] = [2 ** 47, '0'.repeat(64)];
      song.start = 2 ** 47;
    });
    const { report } = await verify(root, '--source', source);
    expect(report.sets[0].files.map(({ verdict }) => verdict)).toEqual(['damaged', 'damaged']);
    expect(report.sets[0].verdict).toBe('broken');
    expect(existsSync(sidecar)).toBe(true);
  });
});
