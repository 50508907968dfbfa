import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, it } from 'vitest';
import { paintStroke } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { Stft } from '../../src-main/common/dsp/stft.js';
import { EditLayer, type ActiveEdit } from '../../src-main/node/edits/edit-layer.js';
import { cacheOf } from '../fixtures/audio/caches.js';
import { median, publish, type Row } from './report.js';
import { benchSong, songSeconds } from './song.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-bench-edits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Strokes of a project that someone has worked on for long. */
const many = 5000;

it('strokes', () => {
  const masks = new Map<string, TileMask>();
  let strokes = 0;
  const stroke = (at: number, seconds: number): ActiveEdit => {
    const grid = { nFft: 4096, hop: 1024 };
    const mask = new TileMask(grid);
    const start = (at * 44100) / grid.hop;
    const points = [0, 1].map((end) => ({
      frame: start + (end * seconds * 44100) / grid.hop,
      bin: 400 + (at % 7) * 60,
    }));
    paintStroke(mask, points, { frames: 3, bins: 30, hardness: 0.5, strength: 1 });
    const name = `${at} ${seconds}`;
    masks.set(name, mask);
    return {
      id: `stroke ${strokes++}`,
      kind: 'move',
      sources: ['vocals'],
      target: 'drums',
      strength: 1,
      mask: name,
    };
  };
  const song = benchSong(songSeconds);
  const stems = ['vocals', 'drums'].map((name) => ({ name, ref: cacheOf(folder, song, 44100) }));
  const dir = join(folder, 'layer');
  mkdirSync(dir);
  const layer = new EditLayer(stems, dir, (hash) => masks.get(hash)!);
  const stft = new Stft({ nFft: 4096, hop: 1024 });
  const part = song.map((plane) => plane.slice(0, 88200));
  const timed = (work: () => void): number => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  };
  const edits: ActiveEdit[] = [];
  const times: number[] = [];
  for (let i = 0; i < 12; i++) {
    edits.push(stroke(5 + 17 * i, 2));
    times.push(timed(() => layer.set(edits)));
  }
  const transforms = median(
    Array.from({ length: 9 }, () =>
      timed(() => part.forEach((x) => stft.inverse(stft.forward(x), x.length))),
    ),
  );
  const row = (name: string, value: number, ratioOf: string): Row => ({
    name,
    value,
    unit: 's',
    reference: 'STFT and inverse of 2 s in stereo',
    referenceValue: transforms,
    ratioOf,
    ratio: value / transforms,
  });
  const rows = [
    row(
      'first 2 s stroke on a 4-minute song (takes the blocks it changes)',
      times[0],
      'stroke / STFT and inverse',
    ),
    row('every other 2 s stroke', median(times.slice(2)), 'stroke / STFT and inverse'),
  ];
  for (let i = edits.length; i < many; i++)
    edits.push(stroke(((i * 13) % (songSeconds - 3)) + (i % 10) / 10, 0.3));
  const filled = timed(() => layer.set(edits));
  rows.push(
    row(
      `${many - 12} strokes of 0.3 s at once, for each`,
      filled / (many - 12),
      'one stroke / STFT and inverse',
    ),
  );
  edits.push(stroke(100, 2));
  rows.push(
    row(
      `a 2 s stroke behind ${many} others`,
      timed(() => layer.set(edits)),
      'stroke / STFT and inverse',
    ),
  );
  rows.push(
    row(
      `undoing it`,
      timed(() => layer.set(edits.slice(0, -1))),
      'undo / STFT and inverse',
    ),
  );
  const without = [...edits.slice(0, 100), ...edits.slice(101)];
  rows.push(
    row(
      `deleting the 100th of ${many}`,
      timed(() => layer.set(without)),
      'delete / STFT and inverse',
    ),
  );
  layer.dispose();
  publish('edits', rows);
});
