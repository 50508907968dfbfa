import { spawn } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { PcmWriter } from '../../src-main/node/audio/pcm-cache.js';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { watchTree, type TreeSample } from './memory.js';
import { publish } from './report.js';
import { plot, tableOf } from './soak-report.js';
import { benchSong } from './song.js';

// `npm run soak`; shorter with UNBRAID_SOAK_MINUTES and UNBRAID_SOAK_FILES.
const minutes = Number(process.env['UNBRAID_SOAK_MINUTES'] ?? 120);
const files = Number(process.env['UNBRAID_SOAK_FILES'] ?? 200);
const model = process.env['UNBRAID_SOAK_MODEL'];
const wanted = process.env['UNBRAID_SOAK'] !== undefined;

const folder = mkdtempSync(join(process.env['UNBRAID_BENCH_DIR'] ?? tmpdir(), 'unbraid-soak-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function songFile(path: string, seconds: number): Promise<void> {
  const piece = benchSong(Math.min(60, seconds));
  const writer = new PcmWriter(`${path}.cache`, 2, 44100);
  for (let done = 0; done < seconds; done += 60) writer.append(piece, piece[0].length);
  writer.dispose();
  const codec = new CodecClient();
  const inputs = [{ ref: writer.ref(), gain: 1 }];
  const output = { path, format: 'flac' as const, sample: 's16' as const, inputs, tags: {} };
  await codec.encodeSet({ outputs: [output], dither: 'tpdf', seed: 1 });
  codec.dispose();
  rmSync(`${path}.cache`, { recursive: true });
}

/** Files below a folder, and their bytes. */
function filesBelow(dir: string): { files: number; bytes: number } {
  const total = { files: 0, bytes: 0 };
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const stat = statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false });
    if (stat) total.files++;
    total.bytes += 512 * (stat?.blocks ?? 0);
  }
  return total;
}

/** Runs the command and samples it and its cache until it ends. */
async function soak(name: string, args: readonly string[]): Promise<TreeSample[]> {
  const cache = join(folder, `cache-${name}`);
  mkdirSync(cache);
  const child = spawn(process.execPath, ['out/hosts/cli/main.js', ...args], {
    stdio: 'ignore',
    env: { ...process.env, UNBRAID_CACHE: cache },
  });
  const stop = watchTree(child.pid!, () => filesBelow(cache));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const samples = stop();
  expect(code).toBe(0);
  // Nothing is left behind.
  expect(filesBelow(cache)).toEqual({ files: 0, bytes: 0 });
  return samples;
}

function tell(name: string, title: string, samples: readonly TreeSample[]): void {
  const third = samples.slice(Math.floor(samples.length / 4), Math.floor(samples.length / 2));
  const most = (of: readonly TreeSample[]): number => Math.max(...of.map(({ mib }) => mib));
  mkdirSync('out/bench', { recursive: true });
  writeFileSync(`out/bench/${name}.svg`, plot(title, samples));
  console.log(`\n${title}\n${tableOf(samples)}\nplot: out/bench/${name}.svg\n`);
  publish(name, [
    {
      name: title,
      value: most(samples),
      unit: 'MiB',
      reference: 'second quarter of the run',
      referenceValue: most(third),
      ratioOf: 'peak of the whole run / of its second quarter, at most 1.2',
      ratio: most(samples) / most(third),
      peakMiB: most(samples),
    },
  ]);
}

it.runIf(wanted && minutes > 0)(
  'one long file with the default separator',
  async () => {
    const path = join(folder, 'long.flac');
    await songFile(path, 60 * minutes);
    const chosen = model === undefined ? [] : ['-m', model];
    const out = join(folder, 'long');
    tell(
      'soak-long',
      `${minutes} minutes, ${model ?? 'the default separator'}`,
      await soak('long', ['separate', path, '-o', out, '-f', 'flac', ...chosen]),
    );
    rmSync(out, { recursive: true });
  },
  24 * 3_600_000,
);

it.runIf(wanted && files > 0)(
  'a batch of many files',
  async () => {
    const music = join(folder, 'music');
    mkdirSync(music);
    const first = join(music, '0.flac');
    await songFile(first, 20);
    for (let i = 1; i < files; i++) linkSync(first, join(music, `${i}.flac`));
    const out = join(folder, 'batch');
    tell(
      'soak-batch',
      `${files} files of 20 s, ${model ?? 'unbraid-fast'}`,
      await soak('batch', ['batch', music, '-o', out, '-f', 'flac', '-m', model ?? 'unbraid-fast']),
    );
    expect(filesBelow(out).files).toBeGreaterThanOrEqual(3 * files);
  },
  24 * 3_600_000,
);
