import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import { InProcess, jsonLines, startBin, testFolder } from './support/run.js';
import { hashes, song, writeWav } from './support/songs.js';

const dir = testFolder();
const cache = join(dir, 'cache');
const cli = new InProcess(cache);
const fast = ['-m', 'hpss', '--workers', '1'];
const at = (...parts: string[]): string => join(dir, ...parts);

function tone(path: string, seed: number): string {
  return writeWav(path, song(2, 4410, 44100, seed));
}

async function batch(folder: string, output: string, ...args: string[]) {
  const outcome = await cli.run(['batch', folder, '-o', output, ...fast, ...args]);
  const report = JSON.parse(readFileSync(join(output, 'unbraid-report.json'), 'utf8')) as BatchReport;
  return { ...outcome, report, states: report.items.map((item) => item.state.state) };
}

describe('a folder with broken files among good ones', () => {
  const good = ['1.wav', 'A/2.wav', 'A/B/3.wav', 'A/4.wav', 'Ø 🎵/5.wav', '6.wav', '7.wav'];
  const broken = { '0 text.wav': 'no audio at all', 'A/cut.flac': 'fLaC\0\0', 'z empty.mp3': '' };
  let clean: Record<string, string>;
  let first: Awaited<ReturnType<typeof batch>>;
  let firstHashes: Record<string, string>;

  beforeAll(async () => {
    good.forEach((name, i) => tone(at('clean', name), i + 1));
    cpSync(at('clean'), at('mixed'), { recursive: true });
    for (const [name, text] of Object.entries(broken)) writeFileSync(at('mixed', name), text);
    await batch(at('clean'), at('clean-out'));
    clean = hashes(at('clean-out'));
    first = await batch(at('mixed'), at('mixed-out'));
    firstHashes = hashes(at('mixed-out'));
  });

  it('says at the start how many songs there are, and numbers them', async () => {
    const { out } = await batch(at('mixed'), at('mixed-out'), '--json');
    const starts = jsonLines(out).filter(({ event }) => event === 'start');
    expect(starts).toEqual([{ event: 'start', files: first.report.items.length }]);
    expect(first.err).toContain(`[1/${first.report.items.length}] `);
  });

  it('keeps the tree and gives the good files the bytes of a clean run', () => {
    const stems = good.flatMap((name) => {
      const base = name.replace(/\.wav$/, '');
      const files = [' [harmonic].wav', ' [percussive].wav', '.unbraid.json'];
      return files.map((file) => `${base}/${base.split('/').at(-1)}${file}`);
    });
    expect(Object.keys(firstHashes).sort()).toEqual([...stems, 'unbraid-report.json'].sort());
    for (const path of stems) expect(firstHashes[path]).toBe(clean[path]);
  });

  it('says one line about each broken file, naming it, and ends with code 1', () => {
    expect(first.code).toBe(1);
    const lines = first.err.split('\n').filter((line) => line.includes('error:'));
    expect(lines).toHaveLength(3);
    for (const name of Object.keys(broken)) {
      expect(lines.filter((line) => line.includes(at('mixed', name)))).toHaveLength(1);
    }
    expect(first.out).toContain('7 done, 0 skipped, 3 failed');
  });

  it('reports every file in JSON', () => {
    expect(first.report.summary).toEqual({ done: 7, skipped: 0, failed: 3, cancelled: 0 });
    const failed = first.report.items.filter((item) => item.state.state === 'failed');
    expect(failed.map((item) => item.source).sort()).toEqual(
      Object.keys(broken)
        .map((name) => at('mixed', name))
        .sort(),
    );
    for (const { state } of first.report.items) {
      if (state.state !== 'done') continue;
      for (const { path, bytes } of state.result.outputs) expect(statSync(path).size).toBe(bytes);
    }
  });

  it('run again: skips what is done and changes nothing', async () => {
    const times = Object.keys(clean).map((path) => statSync(at('mixed-out', path)).mtimeMs);
    const again = await batch(at('mixed'), at('mixed-out'));
    expect(again.report.summary).toEqual({ done: 0, skipped: 7, failed: 3, cancelled: 0 });
    expect(again.err.match(/done before, skipped/g)).toHaveLength(7);
    const { 'unbraid-report.json': report, ...before } = firstHashes;
    expect(report).toBeDefined();
    expect(hashes(at('mixed-out'))).toMatchObject(before);
    const kept = Object.keys(clean).filter((path) => path !== 'unbraid-report.json');
    expect(kept.map((path) => statSync(at('mixed-out', path)).mtimeMs)).toEqual(
      times.filter((_time, i) => Object.keys(clean)[i] !== 'unbraid-report.json'),
    );
  });
});

describe('what is done', () => {
  it('is due again when the content or the settings change, or an output is gone; the rest stays', async () => {
    tone(at('due', 'a.wav'), 1);
    tone(at('due', 'b.wav'), 2);
    const run = (...args: string[]) => batch(at('due'), at('due-out'), ...args);
    expect((await run()).states).toEqual(['done', 'done']);
    const one = hashes(at('due-out'));
    tone(at('due', 'b.wav'), 3);
    expect((await run()).states).toEqual(['skipped', 'done']);
    const two = hashes(at('due-out'));
    expect(two['a/a [harmonic].wav']).toBe(one['a/a [harmonic].wav']);
    expect(two['b/b [harmonic].wav']).not.toBe(one['b/b [harmonic].wav']);
    // The first content again: what was recorded for it no longer stands there.
    tone(at('due', 'b.wav'), 2);
    expect((await run()).states).toEqual(['skipped', 'done']);
    expect(hashes(at('due-out'))['b/b [harmonic].wav']).toBe(one['b/b [harmonic].wav']);
    rmSync(at('due-out', 'a', 'a [harmonic].wav'));
    expect((await run()).states).toEqual(['done', 'skipped']);
    expect((await run('--depth', '24')).states).toEqual(['done', 'done']);
    expect((await run('--depth', '24', '--workers', '2')).states).toEqual(['skipped', 'skipped']);
    expect((await run('--depth', '24', '--overwrite')).states).toEqual(['done', 'done']);
  });

  it('is never replaced once somebody has changed it', async () => {
    tone(at('kept', 'a.wav'), 1);
    await batch(at('kept'), at('kept-out'));
    const stem = at('kept-out', 'a', 'a [harmonic].wav');
    const edited = readFileSync(stem).fill(7, 1000);
    writeFileSync(stem, edited);
    utimesSync(stem, 1000, 1000);
    tone(at('kept', 'a.wav'), 2);
    const { states, err } = await batch(at('kept'), at('kept-out'));
    expect(states).toEqual(['failed']);
    expect(err).toContain(`${stem}: The output exists already`);
    expect(readFileSync(stem)).toEqual(edited);
  });
});

describe('which files', () => {
  beforeAll(() => {
    for (const name of ['a.wav', 'B.WAV', 'sub/c.wav', 'sub/deep/d.wav', '.hidden.wav', '.git/e.wav'])
      tone(at('which', name), 1);
    writeFileSync(at('which', 'notes.txt'), 'hello');
  });

  const found = async (...args: string[]): Promise<string[]> => {
    rmSync(at('which-out'), { recursive: true, force: true });
    const { report } = await batch(at('which'), at('which-out'), ...args);
    return report.items.map((item) => item.source.slice(at('which').length + 1));
  };

  it('audio files at any depth, sorted, none that are hidden', async () => {
    expect(await found()).toEqual(['B.WAV', 'a.wav', 'sub/c.wav', 'sub/deep/d.wav']);
  });

  it('--no-recursive stays in the folder, --exclude leaves out, --include picks', async () => {
    expect(await found('--no-recursive', '--exclude', 'a*')).toEqual(['B.WAV']);
    expect(await found('--include', 'sub/**', '--include', 'a.wav', '--exclude', 'd.*')).toEqual([
      'a.wav',
      'sub/c.wav',
    ]);
  });

  it('outputs of earlier runs are not sources, wherever the output folder is', async () => {
    tone(at('self', 'a.wav'), 1);
    symlinkSync(at('self'), at('self-link'));
    const inner = [at('self', 'stems'), at('self')];
    // No record names this one: the folder itself is left out, whichever way it is reached.
    tone(at('self', 'stems', 'foreign.wav'), 2);
    for (const output of inner) {
      for (const root of [at('self'), at('self-link')]) {
        const { report } = await batch(root, output);
        expect(report.items.map((item) => item.source)).toEqual([join(root, 'a.wav')]);
      }
      if (output === inner[0]) rmSync(output, { recursive: true });
    }
  });

  it('names that some disk takes for the same get separate outputs', async () => {
    const names = ['a.wav', 'A.wav', 'a.aif', 'caf\u00e9.wav', 'cafe\u0301.wav', 'x:y/s.wav', 'x_y/s.wav'];
    names.forEach((name, i) => tone(at('alike', name), i + 1));
    const { report, code } = await batch(at('alike'), at('alike-out'));
    expect(code).toBe(0);
    const paths = report.items.flatMap(({ state }) =>
      state.state === 'done' ? state.result.outputs.map(({ path }) => path) : [],
    );
    expect(new Set(paths.map((path) => path.normalize('NFC').toLowerCase())).size).toBe(14);
    for (const path of paths) expect(existsSync(path)).toBe(true);
  });

  it('songs that a template would write to one place: the first is kept, even with --overwrite', async () => {
    tone(at('same', 'a.wav'), 1);
    tone(at('same', 'b.wav'), 2);
    const { states, err } = await batch(
      at('same'),
      at('same-out'),
      '--template',
      '{stem}.{ext}',
      '--overwrite',
    );
    expect(states).toEqual(['done', 'failed']);
    expect(err).toContain('Another song of this run has the same output');
  });

  it('an empty folder gets a note, a missing one is an error', async () => {
    mkdirSync(at('nothing'));
    const empty = await batch(at('nothing'), at('nothing-out'));
    expect(empty).toMatchObject({ code: 0, states: [] });
    expect(empty.err).toContain('No audio files');
    const missing = await cli.run(['batch', at('missing'), '-o', at('missing-out')]);
    expect(missing).toMatchObject({ code: 1, out: '' });
    expect(missing.err).toBe(`unbraid: ${at('missing')}: The folder does not exist.\n`);
    expect(existsSync(at('missing-out'))).toBe(false);
  });
});

describe('--watch', () => {
  it('does what is there, then what comes, until it is stopped', async () => {
    tone(at('watch', 'a.wav'), 1);
    const args = ['batch', at('watch'), '-o', at('watch', 'out'), ...fast, '--watch', '--json'];
    const { child, done } = startBin(args, { cache });
    let text = '';
    const reports = (count: number): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (text.split('"event":"report"').length > count) resolve();
        };
        child.stdout!.on('data', (chunk: string) => {
          text += chunk;
          look();
        });
        look();
      });
    await reports(1);
    tone(at('watch', 'sub', 'b.wav'), 2);
    await reports(2);
    child.kill('SIGTERM');
    const { code, out } = await done;
    expect(code).toBe(0);
    const told = jsonLines(out).filter((line) => line['event'] === 'report') as unknown as BatchReport[];
    expect(told.map((report) => report.items.map((item) => item.source))).toEqual([
      [at('watch', 'a.wav')],
      [at('watch', 'sub', 'b.wav')],
    ]);
    expect(existsSync(at('watch', 'out', 'sub', 'b', 'b [harmonic].wav'))).toBe(true);
  });
});
