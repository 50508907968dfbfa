import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import { InProcess, testFolder } from '../cli/support/run.js';
import { Listener, song, writeWav } from '../cli/support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const ears = new Listener(dir);

describe('P3 every path of a report', () => {
  it.each(['wav', 'flac', 'mp3'])('exists, is as long as it says and decodes again: %s', async (format) => {
    const music = join(dir, `music-${format}`);
    writeWav(join(music, 'song.wav'), song(2, 20_000));
    writeWav(join(music, 'mono.wav'), song(1, 7000, 48_000));
    // Both of its stems are silent, and are written all the same.
    writeWav(join(music, 'silence.wav'), [new Float32Array(9000), new Float32Array(9000)]);
    const report = join(dir, `${format}.json`);
    const args = ['-o', join(dir, `out-${format}`), '-m', 'hpss', '--workers', '1', '--format', format];
    const { code } = await cli.run(['batch', music, ...args, '--report', report]);
    expect(code).toBe(0);
    const { items } = JSON.parse(readFileSync(report, 'utf8')) as BatchReport;
    expect(items).toHaveLength(3);
    for (const { state } of items) {
      if (state.state !== 'done') throw new Error(state.state);
      const { outputs, frames, channels, source } = state.result;
      expect(outputs.map(({ stem }) => stem)).toEqual(['harmonic', 'percussive']);
      for (const { path, bytes, peak } of outputs) {
        expect(statSync(path).size).toBe(bytes);
        const { info, planes } = await ears.read(path);
        expect([path, info.frames, info.channels]).toEqual([path, frames, channels]);
        const loudest = Math.max(
          ...planes.map((plane) => plane.reduce((a, x) => Math.max(a, Math.abs(x)), 0)),
        );
        // Silence is dithered: one step of 16 bits.
        if (source.endsWith('silence.wav')) expect(Math.max(peak, loudest)).toBeLessThan(1e-4);
        else expect(loudest).toBeGreaterThan(0.5 * peak);
      }
    }
  });
});
