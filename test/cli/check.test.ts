import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { BatchReport, SourceInfo } from '../../src-main/common/contract/commands.js';
import type { CheckReport } from '../../src-main/common/jobs/check.js';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { silentCache } from '../../src-main/node/audio/pcm-cache.js';
import { testSignal } from '../fixtures/audio/caches.js';
import { apeTag, rubbish } from '../fixtures/audio/corpus/alter.js';
import { encoded } from '../fixtures/audio/corpus/encoded.js';
import { onGrid, pcmFile } from '../fixtures/audio/corpus/pcm-files.js';
import { InProcess, jsonLines, startBin, testFolder } from './support/run.js';

const dir = testFolder();
const cache = join(dir, 'cache');
const cli = new InProcess(cache);
const codec = new CodecClient();
afterAll(() => codec.dispose());

const wav = pcmFile({
  container: 'wav',
  depth: '16',
  rate: 44100,
  planes: onGrid(testSignal(2, 9000), '16'),
});

function collection(name: string): string {
  const root = join(dir, name);
  mkdirSync(join(root, 'sub'), { recursive: true });
  writeFileSync(join(root, 'exact.wav'), wav);
  writeFileSync(
    join(root, 'sub', 'tagged.wv'),
    Buffer.concat([encoded('wv16', 2, 20_000, 44100), apeTag('T')]),
  );
  writeFileSync(join(root, 'repaired.mp3'), Buffer.concat([rubbish(3000), encoded('mp3', 2, 20_000, 44100)]));
  writeFileSync(join(root, 'cut.wav'), wav.subarray(0, wav.length - 400));
  writeFileSync(join(root, 'refused.flac'), 'no sound at all');
  writeFileSync(join(root, 'ignored.txt'), 'text');
  symlinkSync('circle.wav', join(root, 'circle.wav'));
  return root;
}

describe('unbraid check', () => {
  it('tells what is exact, repaired, damaged and refused, and exits with 1', async () => {
    const root = collection('music');
    const { code, out } = await cli.run(['check', root, '--json']);
    const lines = jsonLines(out);
    const report = lines.at(-1) as unknown as CheckReport;
    expect(code).toBe(1);
    expect(report.summary).toEqual({ exact: 2, repaired: 1, damaged: 1, refused: 2 });
    expect(lines.filter((line) => line['event'] === 'checked')).toHaveLength(6);
    const of = (name: string) => report.items.find(({ source }) => source.endsWith(name));
    expect(of('cut.wav')).toMatchObject({ source: join(root, 'cut.wav'), reading: { missingFrames: 100 } });
    expect(of('tagged.wv')?.reading?.after).toEqual([{ what: 'APE tag', bytes: apeTag('T').length }]);
    expect(of('circle.wav')?.error).toMatchObject({
      code: 'invalid-argument',
      file: join(root, 'circle.wav'),
    });
    expect(of('refused.flac')?.error?.code).toBe('not-audio');
  });

  it('lists what is not exact, or all of it', async () => {
    const root = collection('table');
    const brief = await cli.run(['check', root]);
    const rows = brief.out.trim().split('\n');
    expect(rows).toHaveLength(1 + 4 + 1);
    const all = await cli.run(['check', root, '--all', '--include', '*.wv']);
    expect([all.code, all.out.trim().split('\n').length]).toEqual([0, 3]);
  });

  it('writes nothing', async () => {
    const root = join(dir, 'untouched');
    mkdirSync(root);
    writeFileSync(join(root, 'a.wav'), wav);
    const before = execFileSync('ls', ['-lR', root], { encoding: 'utf8' });
    expect((await cli.run(['check', root])).code).toBe(0);
    expect(execFileSync('ls', ['-lR', root], { encoding: 'utf8' })).toBe(before);
  });
});

describe('the verdict', () => {
  it('is part of info, of a batch report and of the folder’s records', async () => {
    const root = join(dir, 'batch');
    mkdirSync(root);
    writeFileSync(join(root, 'cut.wav'), wav.subarray(0, wav.length - 400));
    const info = jsonLines(
      (await cli.run(['info', join(root, 'cut.wav'), '--json'])).out,
    )[0] as unknown as SourceInfo;
    expect(info.reading).toMatchObject({ verdict: 'damaged', missingFrames: 100, claim: { frames: 9000 } });
    const output = join(dir, 'batch-out');
    await cli.run(['batch', root, '-o', output, '-m', 'hpss']);
    const report = JSON.parse(readFileSync(join(output, 'unbraid-report.json'), 'utf8')) as BatchReport;
    expect(report.items[0].state).toMatchObject({ result: { reading: info.reading } });
    const again = await cli.run(['batch', root, '-o', output, '-m', 'hpss', '--json']);
    const skipped = (jsonLines(again.out).at(-1) as unknown as BatchReport).items[0].state;
    expect(skipped).toMatchObject({ state: 'skipped', result: { reading: { verdict: 'damaged' } } });
  });

  it('of 16 channels comes without a loudness, and without a crash', async () => {
    const path = join(dir, 'many.wav');
    const planes = onGrid(testSignal(16, 4000), '16');
    writeFileSync(path, pcmFile({ container: 'wav', depth: '16', rate: 44100, planes }));
    const { code, out } = await cli.run(['info', path, '--json']);
    expect(code).toBe(0);
    expect(jsonLines(out)[0]).toMatchObject({ channels: 16, loudness: null, reading: { verdict: 'exact' } });
  });
});

describe.runIf(process.platform !== 'win32')('what is not a regular file', () => {
  it('a FIFO is refused, not waited for', async () => {
    const fifo = join(dir, 'pipe.wav');
    execFileSync('mkfifo', [fifo]);
    for (const args of [
      ['separate', fifo, '-o', join(dir, 'fifo-out'), '-m', 'hpss'],
      ['info', fifo],
      ['check', fifo],
    ]) {
      const { code, out } = await startBin([...args, '--json'], { cache }).done;
      expect(code).toBe(1);
      expect(out).toContain('not-audio');
    }
  });
});

describe.runIf(process.platform !== 'win32')('SIGTERM', () => {
  it('cancels info: no error, exit code 130', async () => {
    // So long that it is still being read when the signal comes: silence packs well.
    const silence = join(dir, 'silence');
    const shape = { channels: 8, frames: 24_000_000 };
    silentCache(silence, shape);
    const path = join(dir, 'long.flac');
    const inputs = [{ ref: { dir: silence, sampleRate: 48000, ...shape }, gain: 1 }];
    const output = { path, format: 'flac' as const, sample: 's16' as const, inputs, tags: {} };
    await codec.encodeSet({ outputs: [output], dither: 'none', seed: 1 });
    const cache = join(dir, 'cancelled');
    const { child, done } = startBin(['info', path], { cache });
    // A signal that comes before the program has started would end it like any other.
    while (
      !existsSync(cache) ||
      !readdirSync(cache, { recursive: true }).some((name) => String(name).endsWith('.f32'))
    )
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGTERM');
    const { code, out, err } = await done;
    expect([code, out, err]).toEqual([130, '', '']);
  });
});
