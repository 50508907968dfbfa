import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationReport, SongScores } from '../../src-main/common/jobs/evaluation.js';
import { InProcess, jsonLines, testFolder } from './support/run.js';

// The excerpt that the demo song is made of, mixed from its true stems; no model was trained on that song.
const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const stems = ['vocals', 'drums', 'bass', 'other'];
// HPSS has none of these stems.
const classics = ['classic-4', 'repet-sim'];
const scores = new Map<string, SongScores>();

async function score(name: string, ...options: string[]): Promise<void> {
  const out = join(dir, name);
  const made = await cli.run([
    'separate',
    join(dir, 'demo.wav'),
    '-o',
    out,
    ...['--format', 'wav', '--depth', '32f', '--device', 'cpu'],
    ...options,
  ]);
  if (made.code !== 0) throw new Error(made.err);
  const told = await cli.run(['evaluate', file('test/fixtures/demo'), join(out, 'demo'), '--json']);
  if (told.code !== 0) throw new Error(told.err);
  const report = jsonLines(told.out).at(-1) as unknown as EvaluationReport;
  scores.set(name, report.methods[0].median);
}

beforeAll(async () => {
  const inputs = stems.flatMap((stem) => ['-i', file(`test/fixtures/demo/${stem}.ogg`)]);
  const mix = ['-filter_complex', 'amix=inputs=4:normalize=0', '-c:a', 'pcm_f32le', join(dir, 'demo.wav')];
  execFileSync('ffmpeg', ['-v', 'error', ...inputs, ...mix]);
  await score('default');
  await score('unbraid-fast', '-m', 'unbraid-fast');
  for (const id of classics) await score(id, '-m', id);
}, 300_000);

describe.each(['default', 'unbraid-fast'])('%s on the demo song', (ours) => {
  it.each(stems)('%s: at least 1 dB better than every classic method', (stem) => {
    for (const id of classics) {
      const theirs = scores.get(id)?.[stem]?.usdr;
      if (typeof theirs === 'number')
        expect(scores.get(ours)?.[stem].usdr ?? NaN, id).toBeGreaterThan(theirs + 1);
    }
  });
});
