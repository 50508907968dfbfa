import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import { InProcess, jsonLines, testFolder } from './support/run.js';
import { hashes, song, writeWav } from './support/songs.js';

const dir = testFolder();
const cache = join(dir, 'cache');
const cli = new InProcess(cache);
const fast = ['-m', 'hpss', '--workers', '1'];
const bin = fileURLToPath(new URL('../../out/hosts/cli/main.js', import.meta.url));

/** Linux takes any bytes but / and NUL; other systems refuse names that are not text. */
describe.runIf(process.platform === 'linux')('names that are not UTF-8', () => {
  /** Renames a file or folder so that its name ends in bytes of Latin-1. */
  const bytes = (folder: string, from: string, name: string): void =>
    renameSync(join(folder, from), Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]));

  it('are found, told apart and separated like others, folders too', async () => {
    const root = join(dir, 'latin');
    for (let i = 1; i <= 3; i++) writeWav(join(root, `${i}.wav`), song(2, 4410, 44100, i));
    writeWav(join(root, 'sub', '4.wav'), song(2, 4410, 44100, 4));
    bytes(root, '1.wav', 'caf\xe9.wav');
    bytes(root, '2.wav', 'caf\xe8.wav');
    bytes(root, 'sub', 'd\xe9j\xe0');
    const before = readdirSync(root, { encoding: 'buffer' }).map((name) => name.toString('latin1'));
    const { code, err } = await cli.run(['batch', root, '-o', join(dir, 'latin-out'), ...fast]);
    const report = JSON.parse(
      readFileSync(join(dir, 'latin-out', 'unbraid-report.json'), 'utf8'),
    ) as BatchReport;
    expect([code, err.includes('failed'), report.summary.done]).toEqual([0, false, 4]);
    // Reports name the files themselves, with the bytes that are not text, not a link of ours.
    expect(report.items.map(({ source }) => source).sort()).toEqual(
      ['3.wav', 'caf\\xE8.wav', 'caf\\xE9.wav', 'd\\xE9j\\xE0/4.wav'].map((name) => join(root, name)),
    );
    const made = Object.values(hashes(join(dir, 'latin-out')));
    // Four songs of two stems and a sidecar each and the report, all of them different.
    expect(new Set(made).size).toBe(13);
    expect(readdirSync(root, { encoding: 'buffer' }).map((name) => name.toString('latin1'))).toEqual(before);
    const again = await cli.run(['batch', root, '-o', join(dir, 'latin-out'), ...fast, '--json']);
    expect(jsonLines(again.out).at(-1)).toMatchObject({ summary: { skipped: 4 } });
    expect(readdirSync(cache)).toEqual([]);
  });

  it('can be given on the command line; two that look alike are an error', () => {
    const root = join(dir, 'single');
    for (let i = 1; i <= 2; i++) writeWav(join(root, `${i}.wav`), song(2, 4410, 44100, i));
    bytes(root, '1.wav', 'na\xefve.wav');
    const run = (command: string): { status: number | null; stderr: string } =>
      spawnSync('sh', ['-c', command], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, UNBRAID_CACHE: cache },
      });
    const separate = `"${process.execPath}" "${bin}" separate "$(printf 'na\\357ve.wav')" -m hpss -o`;
    expect(run(`${separate} ../single-out`).status).toBe(0);
    expect(Object.keys(hashes(join(dir, 'single-out')))).toHaveLength(3);
    bytes(root, '2.wav', 'na\xeeve.wav');
    const twice = run(`${separate} ../single-two`);
    expect(twice.status).toBe(1);
    expect(twice.stderr).toContain('Several files have names that look like this one');
  });
});

describe('a cover', () => {
  const picture = join(dir, 'cover.png');
  const tagged = join(dir, 'tagged.mp3');

  /** The attached picture's pixels as FFmpeg decodes them. */
  function coverOf(path: string): Buffer {
    return execFileSync('ffmpeg', [
      ...['-v', 'error', '-i', path, '-map', '0:v', '-frames:v', '1'],
      ...['-pix_fmt', 'rgb24', '-f', 'rawvideo', '-'],
    ]);
  }

  it('travels from the song to stems of formats that hold one, with the tags', async () => {
    mkdirSync(dir, { recursive: true });
    const wav = writeWav(join(dir, 'plain.wav'), song(2, 22050));
    const ffmpeg = (...args: string[]): Buffer => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args]);
    ffmpeg('-f', 'lavfi', '-i', 'testsrc=size=32x32', '-frames:v', '1', picture);
    ffmpeg(
      ...['-i', wav, '-i', picture, '-map', '0:a', '-map', '1:v', '-c:v', 'copy', '-b:a', '320k'],
      ...['-metadata', 'artist=Ann', '-metadata', 'title=Tune', '-disposition:v', 'attached_pic', tagged],
    );
    const wanted = coverOf(tagged);
    expect(wanted).toHaveLength(32 * 32 * 3);
    for (const format of ['mp3', 'flac', 'aac', 'alac']) {
      const out = join(dir, `cover-${format}`);
      const { code } = await cli.run(['separate', tagged, '-o', out, '-f', format, ...fast]);
      expect(code).toBe(0);
      const files = readdirSync(join(out, 'tagged')).filter((name) => !name.endsWith('.json'));
      expect(files).toHaveLength(2);
      for (const file of files) {
        expect(coverOf(join(out, 'tagged', file))).toEqual(wanted);
        const { out: text } = await cli.run(['info', join(out, 'tagged', file), '--json', '--no-loudness']);
        const stem = file.includes('[harmonic]') ? 'harmonic' : 'percussive';
        expect(jsonLines(text)[0]).toMatchObject({
          hasCover: true,
          tags: { artist: 'Ann', title: `Tune [${stem}]` },
        });
      }
    }
  });
});

describe('a format that cannot hold the song', () => {
  it('is refused before the song is separated', async () => {
    const high = writeWav(join(dir, 'high.wav'), song(2, 9600, 96000), 96000, '24');
    const six = writeWav(join(dir, 'six.wav'), song(6, 4410));
    for (const [path, format, message] of [
      [high, 'mp3', 'MP3 cannot hold 96000 Hz (48,000 Hz at most)'],
      [high, 'stem.mp4', 'A stem file holds 44,100 or 48,000 Hz, not 96000'],
      [six, 'mp3', 'MP3 holds at most 2 channels, not 6'],
    ] as const) {
      const model = format === 'stem.mp4' ? 'classic-4' : 'hpss';
      const args = ['separate', path, '-o', join(dir, 'refused'), '-f', format, '-m', model, '--json'];
      const { code, out } = await cli.run(args);
      expect(code).toBe(1);
      const { items } = jsonLines(out).at(-1) as unknown as BatchReport;
      expect(items[0].state).toMatchObject({ state: 'failed', error: { file: path, message } });
      const states = jsonLines(out).flatMap((line) => (line['event'] === 'item' ? [line['state']] : []));
      expect(states).toEqual(['reading', 'failed']);
    }
  });
});
