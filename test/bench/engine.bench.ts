import { fork, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, it } from 'vitest';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { SeparationEngine } from '../../src-main/node/inference/separation-engine.js';
import type { AvailableSeparator } from '../../src-main/node/inference/model-store.js';
import { cacheOf } from '../fixtures/audio/caches.js';
import { graph, manifest } from '../fixtures/manifests.js';
import { writeOnnx, type Graph } from '../fixtures/onnx.js';
import { benchDsp } from './dsp.js';
import { watchMemory } from './memory.js';
import { bins, convNet, fourTargets, frames, heavyNet, recurrentNet } from './networks.js';
import { median, publish, type Row } from './report.js';
import { benchSong, songSeconds } from './song.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('dsp', async () => {
  const rows = await benchDsp();
  publish(
    'dsp',
    rows.map((row) => ({
      name: row.name,
      value: row.seconds,
      unit: 's',
      reference: row.reference,
      referenceValue: Number.isNaN(row.referenceSeconds) ? null : row.referenceSeconds,
      ratioOf: 'reference / ours (higher is better)',
      ratio: Number.isNaN(row.ratio) ? null : row.ratio,
    })),
  );
});

it('decoding', async () => {
  const codec = new CodecClient();
  const source = cacheOf(folder, benchSong(songSeconds), 44100);
  const rows: Row[] = [];
  for (const [format, ending] of [
    ['mp3', 'mp3'],
    ['flac', 'flac'],
    ['aac', 'm4a'],
  ] as const) {
    const path = join(folder, `song.${ending}`);
    const output = {
      path,
      format,
      inputs: [{ ref: source, gain: 1 }],
      tags: {},
      ...(format === 'flac' && { sample: 's16' as const }),
    };
    await codec.encodeSet({ outputs: [output], dither: 'tpdf', seed: 1 });
    const [ours, theirs]: [number[], number[]] = [[], []];
    for (let i = 0; i < 6; i++) {
      const dir = join(folder, `decoded-${format}-${i}`);
      const start = performance.now();
      await codec.decode({ path, dir });
      ours.push((performance.now() - start) / 1000);
      rmSync(dir, { recursive: true });
      const raw = join(folder, 'raw.f32');
      const began = performance.now();
      const { status } = spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', path, '-f', 'f32le', raw]);
      if (status === 0) theirs.push((performance.now() - began) / 1000);
    }
    const value = median(ours.slice(1));
    const referenceValue = theirs.length > 1 ? median(theirs.slice(1)) : null;
    rows.push({
      name: `decode ${songSeconds} s of ${format}`,
      value,
      unit: 's',
      reference: referenceValue === null ? 'no ffmpeg on the PATH' : 'ffmpeg to raw float32',
      referenceValue,
      ratioOf: 'ours / ffmpeg, at most 1.3',
      ratio: referenceValue === null ? null : value / referenceValue,
    });
  }
  codec.dispose();
  publish('decoding', rows);
});

const hop = 1024;
const segmentLength = hop * (frames - 1);

function netModel(name: string, net: Graph): AvailableSeparator & { kind: 'model' } {
  const written = writeOnnx(folder, `${name}.onnx`, net);
  const stems = ['vocals', 'drums', 'bass', 'other'];
  const tensors = graph(
    { role: 'mag', layout: 'b ch f t' },
    { role: 'mask-mag', layout: 'b (s ch) f t' },
    stems,
  );
  const plain = manifest({
    id: name,
    kind: 'mask-magnitude',
    stft: { nFft: 4096, hop, bins: [0, bins] },
    segment: { length: segmentLength, overlap: 0.25, chain: 4 },
    graphs: [{ ...tensors, ...written }],
    stems: { order: stems, residual: 'other' },
  });
  return { kind: 'model', id: name, name, description: '', stems, manifest: plain, folder, installed: true };
}

function answer(child: ChildProcess, message: object): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the bare session ended with ${code}`)));
    child.send(message);
  });
}

async function bareSessions(
  file: string,
  processes: number,
  threads: number,
  memPattern = false,
): Promise<ChildProcess[]> {
  const children = Array.from({ length: processes }, () =>
    fork(new URL('./bare-session-process.mjs', import.meta.url), [], { execArgv: [] }),
  );
  const dims = [1, 2, bins, frames];
  await Promise.all(children.map((child) => answer(child, { load: file, threads, dims, memPattern })));
  return children;
}

async function timeBare(children: readonly ChildProcess[], runs: number): Promise<number> {
  const start = performance.now();
  await Promise.all(
    children.map((child, i) => {
      const share = Math.floor((runs + children.length - 1 - i) / children.length);
      return answer(child, { runs: share });
    }),
  );
  return (performance.now() - start) / 1000;
}

it('separation against the bare session', async () => {
  const rows: Row[] = [];
  const nets = [
    ['tiny', convNet(32), songSeconds, 'ours / bare, at most 1.25', 9],
    ['tiny-one-stem', convNet(32), songSeconds, 'ours / bare, at most 1.25', 9],
    ['unet', convNet(44), songSeconds, 'ours / bare, at most 1.25', 9],
    ['four-target', fourTargets(), songSeconds, 'ours / bare, at most 1.25', 3],
    ['recurrent', recurrentNet(7), songSeconds / 4, 'ours / bare, at most 1.10', 3],
    ['heavy', heavyNet(), songSeconds / 8, 'ours / bare, at most 1.05', 3],
  ] as const;
  // `UNBRAID_BENCH_NETS='tiny;heavy'` measures some of them.
  const chosen = process.env.UNBRAID_BENCH_NETS?.split(';');
  for (const [name, net, seconds, ratioOf, repeats] of nets) {
    if (chosen && !chosen.includes(name)) continue;
    const model = netModel(name, net);
    const path = join(folder, `${name}.onnx`);
    const source = cacheOf(folder, benchSong(seconds), 44100);
    const segments = Math.max(1, Math.ceil((source.frames - segmentLength) / (0.75 * segmentLength)) + 1);
    const engine = new SeparationEngine({ workers: 2 });
    const bare = await bareSessions(path, 2, 1);
    const oneTwo = await bareSessions(path, 1, 2);
    const [ours, theirs, threaded]: number[][] = [[], [], []];
    let peakMiB = 0;
    for (let i = 0; i <= repeats; i++) {
      // The files of the run before go just now: a virtual machine hands freed memory back to its host within
      // seconds, and to touch it anew is ten times slower than to write to memory that is there.
      const tempDir = join(folder, `run-${name}`);
      rmSync(tempDir, { recursive: true, force: true });
      mkdirSync(tempDir);
      // Looking at memory slows the processes down, so it is done in the run that is not counted.
      const stop = i === 0 ? watchMemory(process.pid) : undefined;
      const start = performance.now();
      await engine.separate({
        source,
        channelLayout: 'stereo',
        separator: model,
        device: 'cpu',
        quality: {},
        residual: 'fold',
        ...(name.endsWith('one-stem') && { keep: ['vocals'] }),
        tempDir,
      });
      ours.push((performance.now() - start) / 1000);
      if (stop) peakMiB = stop();
      theirs.push(await timeBare(bare, segments));
      threaded.push(await timeBare(oneTwo, segments));
    }
    engine.dispose();
    for (const child of [...bare, ...oneTwo]) child.kill();
    const [value, referenceValue, single] = [ours, theirs, threaded].map((list) => median(list.slice(1)));
    const realtime = (seconds / referenceValue).toFixed(0);
    rows.push(
      {
        name: `${name} net, ${seconds} s, ${segments} segments`,
        value,
        unit: 's',
        reference: `bare sessions 2 × 1 thread, ${realtime} × realtime`,
        referenceValue,
        ratioOf,
        ratio: value / referenceValue,
        peakMiB,
      },
      {
        name: `${name} net, bare 1 × 2 threads`,
        value: single,
        unit: 's',
        reference: 'bare 2 × 1 thread',
        referenceValue,
        ratioOf: '1 × 2 / 2 × 1, above 1: processes beat threads',
        ratio: single / referenceValue,
      },
    );
  }
  publish('inference', rows);
});
