import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EvaluationReport } from '../../src-main/common/jobs/evaluation.js';
import { noise } from '../fixtures/signals.js';
import { InProcess, jsonLines, testFolder } from './support/run.js';
import { writeWav } from './support/songs.js';

const dir = testFolder();
const cli = new InProcess(join(dir, 'cache'));
const rate = 8000;
const length = 3 * rate;
const names = ['vocals', 'drums', 'bass'];
const stem = (s: number): Float32Array[] => [noise(length, 2 * s + 1), noise(length, 2 * s + 2)];

beforeAll(() => {
  for (const [song, gain] of [
    ['First', 0.9],
    ['Second', 0.99],
  ] as const) {
    mkdirSync(join(dir, 'true', song), { recursive: true });
    mkdirSync(join(dir, 'made', song), { recursive: true });
    names.forEach((name, s) => {
      const planes = stem(s).map((plane) => plane.map((x) => 0.2 * x));
      writeWav(join(dir, 'true', song, `${name}.wav`), planes, rate, '32f');
      const made = planes.map((plane) => plane.map((x) => gain * x));
      writeWav(join(dir, 'made', song, `${song} [${name}].wav`), made, rate, '32f');
    });
    writeWav(join(dir, 'true', song, 'mixture.wav'), stem(0), rate, '32f');
  }
});

async function report(...args: string[]): Promise<EvaluationReport> {
  const { code, out, err } = await cli.run(['evaluate', ...args, '--json']);
  if (code !== 0) throw new Error(err);
  const last = jsonLines(out).at(-1) as unknown as EvaluationReport & { event: string };
  expect(last.event).toBe('evaluation');
  return last;
}

describe('unbraid evaluate', () => {
  it('scores songs matched by folder and stems matched by name, with medians over songs', async () => {
    const { methods, warnings } = await report(join(dir, 'true'), join(dir, 'made'));
    expect(warnings).toEqual([]);
    expect(methods.map(({ method }) => method)).toEqual(['estimates']);
    const [first, second] = methods[0].songs;
    expect([first.name, second.name]).toEqual(['First', 'Second']);
    for (const name of names) {
      expect(first.stems[name].usdr).toBeCloseTo(20, 2);
      expect(first.stems[name].sdr).toBeCloseTo(20, 2);
      expect(second.stems[name].isr).toBeCloseTo(40, 1);
      expect(methods[0].median[name].usdr).toBeCloseTo(30, 2);
      expect(first.stems[name].sir).toBeGreaterThan(60);
    }
    expect(Object.keys(first.stems).sort()).toEqual([...names].sort());
  });

  it('scores the mixture and oracles without any estimates', async () => {
    const { methods } = await report(
      join(dir, 'true', 'First'),
      '--baseline',
      'mixture',
      '--baseline',
      'irm2',
    );
    const [mixture, oracle] = methods.map(({ songs }) => songs[0].stems['vocals'].usdr ?? NaN);
    // Two other stems of the same level, a little correlated: about −10·log10(2).
    expect(Math.abs(mixture + 3.01)).toBeLessThan(0.6);
    expect(oracle).toBeGreaterThan(mixture + 6);
  });

  it('prints a table', async () => {
    const { out } = await cli.run(['evaluate', join(dir, 'true', 'First'), join(dir, 'made', 'First')]);
    expect(out).toMatch(/^stem +SDR +ISR +SIR +SAR +uSDR +SI-SDR +bleedless +fullness +L1 freq +log-WMSE$/m);
    expect(out).toMatch(/^vocals +20\.0\d? /m);
  });

  it('says what does not fit: no estimates, nothing to do, a different rate, a broken file', async () => {
    const wrong = join(dir, 'wrong', 'First');
    mkdirSync(wrong, { recursive: true });
    writeWav(join(wrong, 'vocals.wav'), stem(0), 16000, '32f');
    const rates = await cli.run(['evaluate', join(dir, 'true'), join(dir, 'wrong')]);
    expect(rates.code).not.toBe(0);
    expect(rates.err).toMatch(/16000 Hz, the true stems 2 at 8000 Hz/);
    const broken = join(dir, 'broken', 'First');
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, 'vocals.wav'), 'nothing');
    const bad = await cli.run(['evaluate', join(dir, 'true', 'First'), broken]);
    expect(bad.code).not.toBe(0);
    expect(bad.err).toContain('vocals.wav');
    const nothing = await cli.run(['evaluate', join(dir, 'true')]);
    expect(nothing.err).toMatch(/nothing to evaluate/);
    const other = await cli.run(['evaluate', join(dir, 'true'), join(dir, 'broken')]);
    expect(other.code).not.toBe(0);
    const unknown = await cli.run(['evaluate', join(dir, 'true'), '--baseline', 'luck']);
    expect(unknown.err).toMatch(/mixture, ibm, irm1, irm2, mwf, psm, cirm, fgla, misi/);
  });
});
