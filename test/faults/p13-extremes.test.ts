import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import { InProcess, testFolder } from '../cli/support/run.js';
import { Listener, song, writeWav } from '../cli/support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const ears = new Listener(dir);
const frames = 6000;

const plane = (value: (n: number) => number): Float32Array =>
  Float32Array.from({ length: frames }, (_, n) => value(n));
const tone = plane((n) => 0.4 * Math.sin(n / 9));
const signals: Readonly<Record<string, readonly Float32Array[]>> = {
  NaN: [plane((n) => (n % 100 === 7 ? NaN : tone[n])), tone],
  infinities: [plane((n) => (n % 500 === 3 ? (n % 2 ? Infinity : -Infinity) : tone[n])), tone],
  denormals: [plane((n) => (n % 2 ? 1e-42 : -1e-42)), plane(() => 1e-45)],
  'a peak of 1000': [plane((n) => 2500 * tone[n]), tone],
  'the largest float': [plane((n) => (n === 3000 ? 3.4e38 : tone[n])), tone],
  'direct current': [plane(() => 0.7), plane(() => -0.7)],
  silence: [plane(() => 0), plane(() => 0)],
  'one impulse': [plane((n) => (n === 3000 ? 1 : 0)), plane(() => 0)],
  'one sample': [Float32Array.of(0.5)],
  'two samples': [Float32Array.of(0.5, -0.5), Float32Array.of(0.1, 0.1)],
  '8 channels': song(8, frames),
};

describe('P13 odd samples', () => {
  it.each(Object.entries(signals))(
    '%s give finite stems of the right length, or one error',
    async (name, planes) => {
      const path = writeWav(join(dir, `${name}.wav`), planes, 44_100, '32f');
      for (const model of ['hpss', 'nmf', 'unbraid-fast']) {
        const report = join(dir, `${name}-${model}.json`);
        const args = ['-o', join(dir, `${name}-${model}`), '-m', model, '--workers', '1', '--depth', '32f'];
        const { code, err } = await cli.run([
          'batch',
          dir,
          '--include',
          `${name}.wav`,
          ...args,
          '--report',
          report,
        ]);
        const { items } = JSON.parse(readFileSync(report, 'utf8')) as BatchReport;
        const [{ state }] = items;
        expect([name, model, items.length]).toEqual([name, model, 1]);
        if (state.state === 'failed') {
          expect([code, err.match(/error:/g)?.length]).toEqual([1, 1]);
          expect(['internal', 'process-died']).not.toContain(state.error.code);
          continue;
        }
        if (state.state !== 'done') throw new Error(state.state);
        for (const output of state.result.outputs) {
          const heard = await ears.read(output.path);
          expect([heard.info.frames, heard.info.channels]).toEqual([planes[0].length, planes.length]);
          expect(heard.planes.flat().every((own) => own.every(Number.isFinite))).toBe(true);
        }
      }
      expect(path).toContain(name);
    },
  );

  it('no samples at all are one error', async () => {
    const path = writeWav(join(dir, 'none', 'none.wav'), [new Float32Array(0)], 44_100, '32f');
    const { code, err } = await cli.run(['separate', path, '-o', join(dir, 'none-out'), '-m', 'hpss']);
    expect([code, err.trim().split('\n').length]).toEqual([1, 1]);
  });
});
