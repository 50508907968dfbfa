import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, it } from 'vitest';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { listSeparators } from '../../src-main/node/inference/model-store.js';
import { PcmWriter, type PcmCacheRef } from '../../src-main/node/audio/pcm-cache.js';
import { watchMemory } from './memory.js';
import { publish, type Row } from './report.js';
import { benchSong, songSeconds } from './song.js';

const folder = mkdtempSync(join(process.env['UNBRAID_BENCH_DIR'] ?? tmpdir(), 'unbraid-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A source of any length on disk, a minute at a time. */
function longSource(seconds: number): PcmCacheRef {
  const minute = benchSong(60);
  const writer = new PcmWriter(join(folder, `source-${seconds}`), 2, 44100);
  for (let done = 0; done < seconds; done += 60) writer.append(minute, minute[0].length);
  writer.dispose();
  return writer.ref();
}

async function songFile(seconds: number, format: 'wav' | 'flac'): Promise<string> {
  const ref = longSource(seconds);
  const path = join(folder, `song-${seconds}.${format}`);
  const codec = new CodecClient();
  const output = { path, format, sample: 's16' as const, inputs: [{ ref, gain: 1 }], tags: {} };
  await codec.encodeSet({ outputs: [output], dither: 'tpdf', seed: 1 });
  codec.dispose();
  rmSync(ref.dir, { recursive: true });
  return path;
}

async function unbraid(args: readonly string[]): Promise<{ seconds: number; peakMiB: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, ['out/hosts/cli/main.js', ...args], {
    stdio: 'ignore',
    env: { ...process.env, UNBRAID_CACHE: folder },
  });
  const stop = watchMemory(child.pid!);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const peakMiB = stop();
  if (code !== 0) throw new Error(`unbraid ${args.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - start) / 1000, peakMiB };
}

it('the whole command with every separator', async () => {
  const path = await songFile(songSeconds, 'flac');
  const rows: Row[] = [];
  const taken = new Map<string, number>();
  // The classic methods, and every model that is installed.
  for (const { id: model } of listSeparators().separators) {
    const out = join(folder, `stems-${model}`);
    const { seconds, peakMiB } = await unbraid(['separate', path, '-o', out, '-m', model]);
    rmSync(out, { recursive: true });
    taken.set(model, seconds);
    rows.push({
      name: `unbraid separate -m ${model}, ${songSeconds} s FLAC to FLAC-depth WAV`,
      value: seconds,
      unit: 's',
      reference: 'length of the song',
      referenceValue: songSeconds,
      ratioOf: 'song / command: times realtime',
      ratio: songSeconds / seconds,
      peakMiB,
    });
  }
  // Machines differ, so what is held is how much longer a model takes than a classic method in the same run.
  const hpss = taken.get('hpss')!;
  for (const model of ['unbraid-blend', 'unbraid-standard', 'unbraid-fast'])
    if (taken.has(model))
      rows.push({
        name: `unbraid separate -m ${model}`,
        value: taken.get(model)!,
        unit: 's',
        reference: 'unbraid separate -m hpss',
        referenceValue: hpss,
        ratioOf: 'this command / hpss',
        ratio: taken.get(model)! / hpss,
      });
  publish('command', rows);
});

it('memory does not grow with length', async () => {
  const rows: Row[] = [];
  // `UNBRAID_BENCH_MODELS='unbraid-blend'` measures some of them.
  const chosen = process.env['UNBRAID_BENCH_MODELS']?.split(';');
  // `UNBRAID_BENCH_SECONDS='120;240;480'`: other lengths, all of them.
  const asked = process.env['UNBRAID_BENCH_SECONDS']?.split(';').map(Number);
  for (const model of ['hpss', 'classic-4', 'unbraid-fast', 'unbraid-blend']) {
    if (chosen && !chosen.includes(model)) continue;
    const peaks: number[] = [];
    for (const seconds of asked ?? [600, 7200]) {
      // The long runs of the slow ones would take minutes each for little that is new.
      if (!asked && model !== 'hpss' && seconds === 7200 && !process.env['UNBRAID_BENCH_LONG']) continue;
      const path = await songFile(seconds, 'flac');
      const out = join(folder, `stems-${seconds}`);
      const run = await unbraid(['separate', path, '-o', out, '-m', model, '-f', 'flac']);
      rmSync(out, { recursive: true });
      rmSync(path);
      peaks.push(run.peakMiB);
      rows.push({
        name: `${model}, ${seconds / 60} minutes`,
        value: run.peakMiB,
        unit: 'MiB',
        reference: asked ? `${asked[0] / 60} minutes` : '10 minutes',
        referenceValue: peaks[0],
        ratioOf: asked ? 'this length / the first' : '2 hours / 10 minutes, at most 1.2',
        ratio: run.peakMiB / peaks[0],
        peakMiB: run.peakMiB,
      });
    }
  }
  publish('memory', rows);
});
