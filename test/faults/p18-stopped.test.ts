import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBin, testFolder } from '../cli/support/run.js';
import { Listener, hashes, song, writeWav } from '../cli/support/songs.js';

const dir = testFolder();
const cache = join(dir, 'cache');
const ears = new Listener(dir);
const entries = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);
/** Files by path without the report, which contains times. */
const stemsIn = (folder: string): string[] =>
  Object.keys(hashes(folder)).filter((path) => path !== 'unbraid-report.json');

describe('P18 a run that is stopped', () => {
  const long = join(dir, 'long.wav');
  beforeAll(() => {
    writeWav(long, song(2, 20 * 44100));
  });

  it.each([
    ['SIGINT', 'reading'],
    ['SIGINT', '"phase":"separate"'],
    ['SIGTERM', '"phase":"write"'],
    ['SIGTERM', '"phase":"verify"'],
  ] as const)('by %s while it is %s: code 130 soon, and nothing left', async (signal, moment) => {
    const [own, out] = [
      join(dir, `cache-${moment.length}${signal}`),
      join(dir, `stopped-${moment.length}${signal}`),
    ];
    const model = moment === '"phase":"separate"' ? 'classic-4' : 'hpss';
    const { child, done } = startBin(['separate', long, '-o', out, '-m', model, '--json'], { cache: own });
    let told = 0;
    let text = '';
    child.stdout!.on('data', (chunk: string) => {
      text += chunk;
      if (told > 0 || !text.includes(moment)) return;
      told = performance.now();
      child.kill(signal);
    });
    const { code } = await done;
    expect(performance.now() - told).toBeLessThan(4000);
    expect(code).toBe(130);
    expect(entries(own)).toEqual([]);
    expect(hashes(out, true)).toEqual({});
    expect(entries(out)).toEqual([]);
  });

  it('keeps the songs that are done, and says so in the report', async () => {
    const music = join(dir, 'stop-batch');
    const out = join(dir, 'stop-batch-out');
    writeWav(join(music, '1.wav'), song(2, 4410));
    cpSync(long, join(music, '2.wav'));
    const { child, done } = startBin(['batch', music, '-o', out, '-m', 'classic-4', '--json'], { cache });
    child.stdout!.on('data', (chunk: string) => {
      if (chunk.includes('"state":"done"')) child.kill('SIGTERM');
    });
    const { code, out: text } = await done;
    expect(code).toBe(130);
    // Four stems, and the sidecar that proves them.
    expect(stemsIn(out)).toHaveLength(5);
    expect(text.trim().split('\n').at(-1)).toContain(
      '"summary":{"done":1,"skipped":0,"failed":0,"cancelled":1}',
    );
    for (const path of stemsIn(out).filter((name) => name.endsWith('.wav'))) {
      expect((await ears.read(join(out, path))).info.frames).toBe(4410);
    }
    rmSync(out, { recursive: true });
  });
});
