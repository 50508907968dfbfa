import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import { InProcess, testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const bytes = readFileSync(writeWav(join(dir, 'plain.wav'), song(1, 3000)));
const names = [
  ...['Øre.wav', '🎵 déjà.wav', 'two\nlines.wav', '-x.wav', '--help.wav', 'dot..wav', ' space .wav'],
  ...['a:b.wav', '%d.wav', '$HOME.wav', 'con.wav', 'quote\'".wav', 'back\\slash.wav', '*?.wav', 'x.wav.wav'],
  ...[`${'0'.repeat(251)}.wav`, `${'é'.repeat(125)}.wav`],
];

describe.runIf(process.platform === 'linux')('P6 a name with anything in it', () => {
  it('goes through a whole batch, invalid UTF-8 included', async () => {
    const music = join(dir, 'music');
    mkdirSync(music);
    for (const name of names) writeFileSync(join(music, name), bytes);
    const latin = Buffer.concat([
      Buffer.from(`${music}/`),
      Buffer.from([0xe9, 0x74, 0xe9]),
      Buffer.from('.wav'),
    ]);
    writeFileSync(latin, bytes);
    const report = join(dir, 'report.json');
    const args = ['-o', join(dir, 'out'), '-m', 'hpss', '--workers', '1', '--report', report];
    const { code, err, out } = await cli.run(['batch', music, ...args]);
    expect([code, err.match(/error:/g)]).toEqual([0, null]);
    const { items } = JSON.parse(readFileSync(report, 'utf8')) as BatchReport;
    expect(items.map(({ state }) => state.state)).toEqual(Array(names.length + 1).fill('done'));
    for (const { state } of items)
      if (state.state === 'done')
        for (const { path } of state.result.outputs) expect(existsSync(path)).toBe(true);
    // One name of 255 bytes does not push the rest of the table out of sight.
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThan(200);
  });

  it.each(names)('is separated when it is named by itself: %j', async (name) => {
    const path = join(dir, 'music', name);
    const out = join(dir, `one-${names.indexOf(name)}`);
    const { code } = await cli.run(['separate', path, '-o', out, '-m', 'hpss', '--workers', '1']);
    expect(code).toBe(0);
  });
});
