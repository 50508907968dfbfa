import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BatchReport, SourceInfo } from '../../src-main/common/contract/commands.js';
import { cacheOf } from '../fixtures/audio/caches.js';
import { InProcess, jsonLines, runBin, testFolder } from './support/run.js';
import { Listener, hashes, song, writeWav } from './support/songs.js';

const dir = testFolder();
const cache = join(dir, 'cache');
const cli = new InProcess(cache);
const ears = new Listener(dir);
const fast = ['-m', 'hpss', '--workers', '1'];
const at = (...parts: string[]): string => join(dir, ...parts);

describe('help and usage', () => {
  it.each([[[]], [['separate']], [['batch']], [['remix']], [['info']], [['models']], [['models', 'check']]])(
    '%j --help explains itself on stdout and ends with 0',
    async (command) => {
      const { code, out, err } = await cli.run([...command, '--help']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^Usage: /);
      expect(out).toContain('Options:');
    },
  );

  it('the list of commands fits into 80 columns', async () => {
    const { out } = await cli.run(['--help']);
    expect(out).toMatch(/^ {2}evaluate +score estimates/m);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each([
    [['separate']],
    [['separate', 'a.wav']],
    [['separate', 'a.wav', '-o', 'x', '--format', 'wma']],
    [['separate', 'a.wav', '-o', 'x', '--overlap', '1']],
    [['separate', 'a.wav', '-o', 'x', '--bitrate', 'fast']],
    [['separate', 'a.wav', '-o', 'x', '--workers', '1.5']],
    [['separate', 'a.wav', '-o', 'x', '--template', '{name}']],
    [['separate', 'a.wav', '-o', 'x', '--stems', 'horns']],
    [['separate', 'a.wav', '-o', 'x', '--two-stems', 'horns']],
    [['separate', 'a.wav', '-o', 'x', '--nonsense']],
    [['juggle']],
    [['remix', 'a.wav']],
  ])('%j is a wrong command line: code 2, a line on stderr, nothing on stdout', async (args) => {
    const { code, out, err } = await cli.run(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^unbraid: ./);
    expect(existsSync('x')).toBe(false);
  });

  it('a song without a command is separated beside where it runs; `-o` is still heard', async () => {
    const place = at('short');
    writeWav(join(place, 'song.wav'), song(1, 4410));
    expect((await runBin(['song.wav', ...fast], { cache, cwd: place })).code).toBe(0);
    expect(readdirSync(join(place, 'song')).sort()).toEqual([
      'song [harmonic].wav',
      'song [percussive].wav',
      'song.unbraid.json',
    ]);
    expect((await runBin(['song.wav', '--output=there', ...fast], { cache, cwd: place })).code).toBe(0);
    expect(readdirSync(place).sort()).toEqual(['.unbraid', 'song', 'song.wav', 'there']);
  });

  it('the built command gives the same exit codes', async () => {
    const help = await runBin(['--help'], { cache });
    expect(help.code).toBe(0);
    expect(help.out).toContain('unbraid batch ~/Music');
    expect((await runBin(['separate'], { cache })).code).toBe(2);
    const missing = await runBin(['separate', 'no such.wav', '-o', 'out'], { cache, cwd: dir });
    expect(missing.code).toBe(1);
    expect(missing.err).toBe(
      `error: ${at('no such.wav')}: The file or folder does not exist. Check the path.\n`,
    );
  });

  it('a model that does not exist is reported before anything is made', async () => {
    const wav = writeWav(at('model.wav'), song(1, 100));
    const { code, err } = await cli.run(['separate', wav, '-o', at('model-out'), '-m', 'nope']);
    expect(code).toBe(1);
    expect(err).toMatch(/"nope"/);
    expect(existsSync(at('model-out'))).toBe(false);
  });
});

describe('a run that makes nothing', () => {
  it('leaves no folder behind that it made, and every one that was there', async () => {
    mkdirSync(at('was-there'));
    const wrong = at('wrong.wav');
    writeFileSync(wrong, 'no audio');
    for (const [output, kept] of [
      [at('was-there', 'new', 'stems'), at('was-there')],
      [at('was-there'), at('was-there')],
    ]) {
      for (const args of [
        ['separate', wrong, '-o', output, ...fast],
        ['remix', wrong, '--mute', 'harmonic', '-o', join(output, 'mix.wav'), ...fast],
      ])
        expect((await cli.run(args)).code).toBe(1);
      expect(existsSync(kept)).toBe(true);
      expect(readdirSync(kept)).toEqual([]);
    }
  });
});

describe('info', () => {
  it('says what a file is, as text and as JSON', async () => {
    const tags = { title: 'Two\nlines', artist: 'Ada' };
    const path = await ears.write(at('info.flac'), cacheOf(dir, song(2, 48000, 48000), 48000), 'flac', tags);
    const { code, out } = await cli.run(['info', path]);
    expect(code).toBe(0);
    expect(out).toContain('48000 Hz, stereo, 16-bit int');
    expect(out).toContain('0:01 (48000 samples)');
    expect(out).toMatch(/loudness +-\d+\.\d LUFS, range/);
    expect(out).toContain('Two⏎lines');
    const [info] = jsonLines((await cli.run(['info', path, '--json'])).out) as unknown as SourceInfo[];
    expect(info).toMatchObject({
      path,
      codec: 'flac',
      sampleRate: 48000,
      channels: 2,
      bitDepth: 16,
      frames: 48000,
      tags,
    });
    expect(info.loudness!.integratedLufs).toBeGreaterThan(-30);
  });

  it('goes on after a file that cannot be read, and ends with 1', async () => {
    writeFileSync(at('text.wav'), 'no audio');
    const good = writeWav(at('good.wav'), song(1, 1000));
    const { code, out, err } = await cli.run(['info', at('text.wav'), good, '--json', '--no-loudness']);
    expect(code).toBe(1);
    const lines = jsonLines(out);
    expect(lines[0]).toMatchObject({ event: 'error', code: 'not-audio', file: at('text.wav') });
    expect(lines[1]).toMatchObject({ path: good, loudness: null });
    expect(err.split('\n')).toHaveLength(2);
  });
});

describe('models', () => {
  it('lists every separator, as a table and as JSON', async () => {
    const { code, out } = await cli.run(['models']);
    expect(code).toBe(0);
    for (const id of ['classic-4', 'hpss', 'repet-sim'])
      expect(out).toMatch(new RegExp(`^${id} +classic +`, 'm'));
    const [list] = jsonLines((await cli.run(['models', '--json'])).out);
    const classic = (list['separators'] as { id: string; stems: string[] }[]).find(
      ({ id }) => id === 'classic-4',
    );
    expect(classic).toMatchObject({ stems: ['vocals', 'drums', 'bass', 'other'], installed: true });
  });

  it('a person gets the descriptions below, within the terminal; numbered stems do not push the table apart', async () => {
    const read = await cli.run(['models'], undefined, { read: true, columns: 72 });
    const below = read.out.split('\n').filter((line) => line.startsWith('    '));
    expect(below.length).toBeGreaterThan(15);
    expect(below.filter((line) => line.length > 72)).toEqual([]);
    expect(read.out).toMatch(/^nmf-components +classic +component-1 … component-8\n {4}Each component /m);
    const piped = (await cli.run(['models'])).out;
    expect(piped).toMatch(
      /^nmf-components +classic +component-1 … component-8 +no weights +Each component /m,
    );
  });

  it('check and schema answer', async () => {
    expect((await cli.run(['models', 'check', 'hpss'])).out).toMatch(/^hpss: runs on cpu/);
    expect(JSON.parse((await cli.run(['models', 'schema'])).out)).toMatchObject({ type: 'object' });
  });
});

describe('stems', () => {
  it('--stems writes only those, in the order asked for', async () => {
    const path = writeWav(at('some.wav'), song(2, 4410));
    const { code, err } = await cli.run([
      'separate',
      path,
      '-o',
      at('some'),
      '--workers',
      '1',
      '--stems',
      'bass,vocals',
    ]);
    expect(code).toBe(0);
    expect(Object.keys(hashes(at('some'))).sort()).toEqual([
      'some/some [bass].wav',
      'some/some [vocals].wav',
      'some/some.unbraid.json',
    ]);
    expect(err.indexOf('[bass]')).toBeLessThan(err.indexOf('[vocals]'));
  });

  it('carry the tags of the source, with the stem in the title; the template uses them, safely', async () => {
    const tags = {
      title: '../../T/1',
      artist: 'CON',
      album: 'A:B',
      track: '3/12',
      date: '1999-01-02',
      genre: 'x',
    };
    const path = await ears.write(at('tagged.flac'), cacheOf(dir, song(2, 4410), 44100), 'flac', tags);
    const template = '{artist}/{year} {album}/../{track} {title} ({stem}).{ext}';
    await cli.run(['separate', path, '-o', at('tagged'), ...fast, '-f', 'flac', '--template', template]);
    const made = Object.keys(hashes(at('tagged'))).filter((name) => !name.endsWith('.json'));
    expect(made).toEqual(
      ['harmonic', 'percussive'].map((stem) => `_CON/1999 A_B/_/03 ..-..-T-1 (${stem}).flac`),
    );
    const { info } = await ears.read(at('tagged', made[0]));
    expect(info.tags).toMatchObject({ ...tags, title: '../../T/1 [harmonic]' });
  });
});

describe('--json', () => {
  it('is one object per line: start, the items’ states, the report', async () => {
    const good = writeWav(at('json.wav'), song(2, 44100));
    writeFileSync(at('json-bad.wav'), 'no');
    const { code, out } = await cli.run([
      'separate',
      good,
      at('json-bad.wav'),
      '-o',
      at('json'),
      ...fast,
      '--json',
    ]);
    expect(code).toBe(1);
    const lines = jsonLines(out);
    expect(lines[0]).toEqual({ event: 'start', files: 2 });
    expect(lines.slice(1, -1).every((line) => line['event'] === 'item')).toBe(true);
    const states = lines.filter((line) => line['index'] === 0).map((line) => line['state']);
    expect(states[0]).toBe('reading');
    expect(states).toContain('separating');
    expect(states.at(-1)).toBe('done');
    const report = lines.at(-1) as unknown as BatchReport & { event: string };
    expect(report.event).toBe('report');
    expect(report.summary).toEqual({ done: 1, skipped: 0, failed: 1, cancelled: 0 });
    const progress = lines.filter((line) => line['state'] === 'separating').map((line) => line['progress']);
    expect(progress.at(-1)).toMatchObject({ phase: 'verify', total: 1 });
  });

  it('errors of the command itself are an object too', async () => {
    const { code, out, err } = await cli.run(['batch', at('nowhere'), '-o', at('x'), '--json']);
    expect(code).toBe(1);
    expect(jsonLines(out).at(-1)).toMatchObject({
      event: 'error',
      code: 'file-not-found',
      file: at('nowhere'),
    });
    expect(err).toContain('does not exist');
  });
});

describe('names', () => {
  it('with emoji, colon, newline, leading dash, dots or 255 bytes work, and every line stays one', async () => {
    const names = {
      'Ø 🎵 señor.wav': 'Ø 🎵 señor',
      'a:b.wav': 'a_b',
      'two\nlines.wav': 'two lines',
      '-rf.wav': '-rf',
      'dot..wav': 'dot',
      [`${'é'.repeat(125)}.wav`]: 'é'.repeat(90),
    };
    Object.keys(names).forEach((file, i) => writeWav(at('names', file), song(1, 2000, 44100, i + 1)));
    const args = ['separate', '-o', 'out', ...fast, '--', ...Object.keys(names)];
    const { code, err } = await runBin(args, { cache, cwd: at('names') });
    expect(code).toBe(0);
    expect(err.trimEnd().split('\n')).toHaveLength(6 * 3);
    expect(readdirSync(at('names', 'out')).sort()).toEqual(['.unbraid', ...Object.values(names)].sort());
    for (const folder of Object.values(names))
      expect(readdirSync(at('names', 'out', folder))).toHaveLength(3);
  });

  it('the same in two folders, and with another ending: each song gets its stems', async () => {
    const files = ['p/a.wav', 'q/a.wav', 'q/A.aif'].map((name, i) =>
      writeWav(at(name), song(1, 1000, 44100, i + 1)),
    );
    const { code } = await cli.run(['separate', ...files, '-o', at('pq'), ...fast]);
    expect(code).toBe(0);
    // Two stems and a sidecar each.
    expect(Object.keys(hashes(at('pq')))).toHaveLength(9);
    expect(new Set(Object.values(hashes(at('pq')))).size).toBe(9);
  });
});

describe('nothing outside the output folder', () => {
  it('a symbolic link that leads out is refused before any work', async () => {
    const path = writeWav(at('link.wav'), song(2, 2000));
    mkdirSync(at('outside'));
    mkdirSync(at('link-out'));
    symlinkSync(at('outside'), at('link-out', 'link'));
    const { code, err } = await cli.run(['separate', path, '-o', at('link-out'), ...fast]);
    expect(code).toBe(1);
    expect(err).toContain('A symbolic link leads out of the output folder');
    expect(readdirSync(at('outside'))).toEqual([]);
  });

  it('an output that would replace the source is refused even with --overwrite', async () => {
    const path = writeWav(at('own', 'a vocals.wav'), song(2, 4410));
    const before = hashes(at('own'));
    const args = [
      '--two-stems',
      'vocals',
      '--workers',
      '1',
      '--template',
      '{title} {stem}.{ext}',
      '--overwrite',
    ];
    const renamed = writeWav(at('own', 'a.wav'), song(2, 4410, 44100, 2));
    const { code, err } = await cli.run(['separate', path, renamed, '-o', at('own'), ...args]);
    expect(code).toBe(1);
    expect(err).toMatch(/a vocals\.wav: The output would replace a source file/);
    expect(hashes(at('own'))).toMatchObject(before);
  });
});
