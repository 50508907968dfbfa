import { writeFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import { InProcess, testFolder } from '../cli/support/run.js';
import { Listener, hashes, song, sumOf, worst, writeWav } from '../cli/support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const ears = new Listener(dir);

/** Names that one disk or another takes for the same. */
const alike = ['a.wav', 'a.flac', 'a.mp3', 'A.WAV', 'é.wav'.normalize('NFC'), 'é.wav'.normalize('NFD')];
const folders = ['', 'x', 'y'];

describe('P5 sources whose names are alike', () => {
  it('get separate outputs, which add up to each of them', async () => {
    const music = join(dir, 'music');
    let seed = 0;
    for (const folder of folders) {
      for (const name of alike) {
        const path = join(music, folder, name);
        mkdirSync(dirname(path), { recursive: true });
        // What they are is found by their bytes: they may all be WAV.
        writeFileSync(path, readFileSync(writeWav(join(dir, 'next.wav'), song(1, 3000, 44_100, ++seed))));
      }
    }
    const before = hashes(music);
    expect(Object.keys(before)).toHaveLength(alike.length * folders.length);
    const report = join(dir, 'report.json');
    const args = ['-o', join(dir, 'out'), '-m', 'hpss', '--workers', '1', '--report', report];
    expect((await cli.run(['batch', music, ...args])).code).toBe(0);
    const { items } = JSON.parse(readFileSync(report, 'utf8')) as BatchReport;
    const paths = items.flatMap(({ state }) =>
      state.state === 'done' ? state.result.outputs.map(({ path }) => path) : [],
    );
    // Different even where neither case, normalisation nor ending tells names apart.
    const keys = paths.map((path) => path.normalize('NFC').toLowerCase());
    expect(new Set(keys).size).toBe(2 * alike.length * folders.length);
    for (const { source, state } of items) {
      if (state.state !== 'done') throw new Error(source);
      const stems = await Promise.all(state.result.outputs.map(({ path }) => ears.read(path)));
      const own = await ears.read(source);
      expect(worst(sumOf(stems.map(({ planes }) => planes)), own.planes)).toBeLessThan(1e-6);
    }
    expect(hashes(music)).toEqual(before);
  });
});
