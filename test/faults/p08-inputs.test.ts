import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InProcess, testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const fast = ['-m', 'hpss', '--workers', '1'];

describe('P8 the report of a batch', () => {
  const music = join(dir, 'music');
  const path = writeWav(join(music, 'a.wav'), song(1, 4410));
  const before = readFileSync(path);
  const batch = (...args: string[]): ReturnType<InProcess['run']> =>
    cli.run(['batch', music, '-o', join(dir, 'out'), ...fast, ...args]);

  it.each([[[]], [['--overwrite']]])(
    'never replaces a song (%j), and says so before any work',
    async (more) => {
      const { code, err } = await batch('--report', path, ...more);
      expect([code, existsSync(join(dir, 'out'))]).toEqual([2, false]);
      expect(err.trim().split('\n')).toHaveLength(1);
      expect(readFileSync(path)).toEqual(before);
    },
  );

  it('is refused before any work where it would go over an output, or into a folder that is not there', async () => {
    for (const report of [join(dir, 'out', 'a', 'a [harmonic].wav'), join(dir, 'missing', 'r.json')]) {
      const { code } = await batch('--report', report);
      expect([code === 0, existsSync(join(dir, 'out'))]).toEqual([false, false]);
    }
  });

  it('replaces a foreign file only with --overwrite, and a folder never', async () => {
    const notes = join(dir, 'notes.json');
    writeFileSync(notes, '{"mine": true}');
    expect((await batch('--report', notes)).code).toBe(1);
    expect(readFileSync(notes, 'utf8')).toBe('{"mine": true}');
    mkdirSync(join(dir, 'folder.json'));
    expect((await batch('--report', join(dir, 'folder.json'), '--overwrite')).code).toBe(2);
    expect((await batch('--report', notes, '--overwrite')).code).toBe(0);
    expect(JSON.parse(readFileSync(notes, 'utf8'))).toMatchObject({ summary: { done: 1 } });
  });

  it('replaces its own earlier report', async () => {
    const report = join(dir, 'report.json');
    expect((await batch('--report', report)).code).toBe(0);
    expect((await batch('--report', report)).code).toBe(0);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({ summary: { skipped: 1 } });
  });
});
