import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ComparisonReport } from '../../src-main/common/jobs/comparison.js';
import { systemLanguage } from '../../src-main/hosts/cli/commands/compare.js';
import { openEngine } from '../../src-main/hosts/library/index.js';
import { graph, manifest } from '../fixtures/manifests.js';
import { gainGraph, writeOnnx } from '../fixtures/onnx.js';
import { noise, sine } from '../fixtures/signals.js';
import { dataOf } from '../support/report.js';
import { InProcess, jsonLines, testFolder } from './support/run.js';
import { Listener, worst, writeWav } from './support/songs.js';

const dir = testFolder();
const at = (...parts: string[]): string => join(dir, ...parts);
vi.stubEnv('UNBRAID_MODELS', at('models'));
const cli = new InProcess(at('cache'));
const ears = new Listener(dir);
const rate = 44_100;
const length = 5 * rate;
const clip = { start: 1, seconds: 3 };
/** A name that a page must not take for a tag. */
const stems = at('Song <!-- <b>');

const beat = noise(length, 3).map((x, i) => 0.3 * x * Math.exp(-(i % 11_025) / 500));
/** It comes and goes softly within the clip: a sudden end would have every frequency. */
const voice = sine(length, 880, rate, 0.3).map((x, i) => {
  const rim = Math.min(1, Math.max(0, Math.min(i / rate - 1.2, 3.8 - i / rate) / 0.5));
  return x * (0.5 - 0.5 * Math.cos(Math.PI * rim));
});
const low = sine(length, 110, rate, 0.2);
const hiss = noise(length, 7).map((x) => 0.01 * x);
const truth: Record<string, Float32Array[]> = {
  vocals: [voice, voice],
  drums: [beat, beat.map((x) => 0.5 * x)],
  bass: [low.map((x, i) => x + hiss[i]), low],
};
const names = Object.keys(truth);
const mix = [0, 1].map((ch) => voice.map((_, i) => names.reduce((sum, name) => sum + truth[name][ch][i], 0)));

beforeAll(() => {
  mkdirSync(stems);
  mkdirSync(at('models'));
  for (const [name, planes] of Object.entries(truth))
    writeWav(join(stems, `${name}.wav`), planes, rate, '32f');
  writeWav(at('mix.wav'), mix, rate, '32f');
  const written = writeOnnx(at('models'), 'quarter.onnx', gainGraph([1, 2, 2048], [0.25, 0.75]));
  const wave = graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b s ch n' });
  const add = (id: string, file: object): void =>
    writeFileSync(
      at('models', `${id}.json`),
      JSON.stringify(manifest({ id, graphs: [{ ...wave, ...file }] })),
    );
  add('quarter', written);
  add('damaged', { ...written, sha256: '1'.repeat(64) });
});

/** uSDR of an estimate that is `gain` · mix, by its definition. */
function usdr(gain: number, of: readonly string[]): number {
  let [signal, error] = [1e-7, 1e-7];
  for (const ch of [0, 1]) {
    for (let i = clip.start * rate; i < (clip.start + clip.seconds) * rate; i++) {
      const wanted = of.reduce((sum, name) => sum + truth[name][ch][i], 0);
      signal += wanted ** 2;
      error += (wanted - gain * mix[ch][i]) ** 2;
    }
  }
  return 10 * Math.log10(signal / error);
}

const where = ['--start', `${clip.start}`, '--seconds', `${clip.seconds}`];

async function run(
  input: string,
  output: string,
  ...args: string[]
): Promise<[ComparisonReport, number | null]> {
  const { code, out, err } = await cli.run(['compare', input, '-o', output, '--json', ...where, ...args]);
  const last = jsonLines(out).at(-1) as unknown as ComparisonReport & { event: string };
  expect(last.event, err).toBe('comparison');
  return [last, code];
}

describe('unbraid compare', () => {
  it('scores every system on one clip; one that fails is a row and ends no other', async () => {
    const args = ['-m', 'damaged,quarter,hpss', '--baselines', 'mixture,irm2', '-f', 'wav', '--workers', '1'];
    const [report, code] = await run(stems, at('report'), ...args);
    expect(code).toBe(1);
    expect(report).toMatchObject({ name: 'Song <!-- <b>', ...clip, sampleRate: rate, channels: 2 });
    expect(report.systems.map(({ id }) => id)).toEqual(['damaged', 'quarter', 'hpss', 'mixture', 'irm2']);
    const [damaged, quarter, hpss, mixture, oracle] = report.systems;
    expect(damaged.error?.code).toBe('model-hash-mismatch');
    expect(damaged.stems).toEqual([]);
    const score = (system: typeof quarter, name: string): number =>
      system.stems.find((stem) => stem.name === name)?.scores?.usdr ?? NaN;
    expect(score(quarter, 'vocals')).toBeCloseTo(usdr(0.25, ['vocals']), 2);
    expect(score(quarter, 'all but vocals')).toBeCloseTo(usdr(0.75, ['drums', 'bass']), 2);
    expect(score(mixture, 'drums')).toBeCloseTo(usdr(1, ['drums']), 2);
    expect(score(hpss, 'drums')).toBeGreaterThan(score(mixture, 'drums') + 6);
    expect(score(oracle, 'drums')).toBeGreaterThan(score(hpss, 'drums'));
    // What masks can reach, on these stems that hardly overlap.
    for (const name of names) expect(score(oracle, name)).toBeGreaterThan(10);
    for (const system of [quarter, hpss]) {
      expect(system.error).toBeNull();
      expect(system.workSeconds).toBeGreaterThan(0);
      // Seconds around the clip are heard too.
      expect(system.heardSeconds).toBeCloseTo(5, 6);
      expect(system.memoryBytes).toBeGreaterThan(20e6);
      expect(system.nullDb).toBeLessThan(-100);
    }
    // The tones have no high frequencies: it is said where the figures stand, too.
    expect(report.warnings.join('\n')).toMatch(/true vocals of .* ill-conditioned/);
    expect(JSON.parse(readFileSync(report.figures, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify({ ...report, event: undefined })),
    );
  });

  it('the page holds the sounds and pictures of the clip, and no path of this machine', async () => {
    const html = readFileSync(at('report', 'index.html'), 'utf8');
    expect(html.includes(dir)).toBe(false);
    expect(/<(script|link|img|audio)[^>]*(src|href)=/.test(html)).toBe(false);
    const { report, clips } = dataOf(at('report', 'index.html'));
    expect(report.systems[0].error?.code).toBe('model-hash-mismatch');
    // The page says in its own language what the command says in English.
    expect(report.warnings.join('\n')).not.toContain('ill-conditioned');
    expect(clips.map(({ system, stem }) => `${system} ${stem ?? ''}`.trim()).sort()).toEqual(
      [
        ...['mixture', 'true vocals', 'true all but vocals', 'true drums', 'true all but drums'],
        ...['quarter vocals', 'quarter all but vocals', 'hpss drums', 'hpss all but drums'],
        ...names.map((name) => `irm2 ${name}`),
      ].sort(),
    );
    const found = (system: string, stem: string): (typeof clips)[number] =>
      clips.find((one) => one.system === system && one.stem === stem)!;
    const { sound, gain } = found('quarter', 'vocals');
    writeFileSync(at('clip.wav'), Buffer.from(sound, 'base64'));
    const { planes } = await ears.read(at('clip.wav'));
    expect(planes[0].length).toBe(clip.seconds * rate);
    planes.forEach((plane, ch) =>
      expect(
        worst(
          [plane.map((x) => gain * x)],
          [mix[ch].slice(clip.start * rate, clip.start * rate + plane.length).map((x) => 0.25 * x)],
        ),
      ).toBeLessThan(2 / 32768),
    );
    const { data, width, height } = decode(
      Buffer.from(found('true', 'vocals').picture.split(',')[1], 'base64'),
    );
    // 880 Hz lies at this row; two octaves above there is nothing.
    const row = (hertz: number): number => Math.floor(height * (1 - Math.log(hertz / 40) / Math.log(400)));
    const level = (hertz: number): number => data[row(hertz) * width + width / 2];
    expect(level(880)).toBeGreaterThan(150);
    expect(level(3520)).toBeLessThan(40);
  });

  it('a report is not replaced unasked, and an unknown model ends it before any work', async () => {
    const again = await cli.run(['compare', stems, '-o', at('report'), '-m', 'hpss', ...where]);
    expect(again.code).not.toBe(0);
    expect(again.err).toContain('--overwrite');
    const unknown = await cli.run(['compare', stems, '-o', at('never'), '-m', 'hpss,magic', ...where]);
    expect(unknown.code).not.toBe(0);
    expect(unknown.err).toContain('"magic"');
    const outside = await cli.run(['compare', stems, '-o', at('never'), '-m', 'hpss', '--start', '60']);
    expect(outside.err).toContain('outside the song');
  });

  it('a song has time, memory and sounds, and no scores; the text is a table', async () => {
    const { code, out } = await cli.run([
      'compare',
      at('mix.wav'),
      '-o',
      at('song'),
      '-m',
      'centre,nmf:components=4:iterations=9',
      ...['--language', 'de', ...where],
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/^system +seconds +× realtime +memory$/m);
    expect(out).toMatch(/^centre +\d/m);
    const { report, clips, language } = dataOf(at('song', 'index.html'));
    expect(language).toBe('de');
    expect(readFileSync(at('song', 'index.html'), 'utf8')).toContain('<html lang="de">');
    expect(report.systems.map(({ id }) => id)).toEqual(['centre', 'nmf:components=4:iterations=9']);
    expect(report.systems[0].stems.map(({ name, scores }) => [name, scores])).toEqual([
      ['centre', null],
      ['sides', null],
    ]);
    expect(clips.slice(0, 3).map(({ system, stem }) => [system, stem])).toEqual([
      ['mixture', null],
      ['centre', 'centre'],
      ['centre', 'sides'],
    ]);
  });

  it('the page is in the language of the system, or the one that was asked for', async () => {
    expect(systemLanguage({ LANG: 'fr_FR.UTF-8' })).toBe('fr');
    expect(systemLanguage({ LANG: 'fr_FR.UTF-8', LC_MESSAGES: 'ja_JP' })).toBe('ja');
    expect(systemLanguage({ LANG: 'fr_FR.UTF-8', LC_ALL: '', LC_MESSAGES: '' })).toBe('fr');
    expect(systemLanguage({ LC_ALL: 'C.UTF-8', LANG: 'de_DE' })).toBe('en');
    expect(systemLanguage({})).toBe('en');
    const unknown = await cli.run(['compare', stems, '-o', at('never'), '--language', 'la']);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('de, fr, ja');
  });

  it('the true stems may be the parts of a stem file', async () => {
    const made = await cli.run([
      'separate',
      at('mix.wav'),
      '-m',
      'classic-4',
      '-f',
      'stem.mp4',
      '-o',
      at('packed'),
    ]);
    expect(made.code, made.err).toBe(0);
    const file = at('packed', 'mix', 'mix.stem.mp4');
    const [report] = await run(file, at('of-file'), '-m', 'quarter', '--baselines', 'mixture');
    expect(report.name).toBe('mix');
    expect([...report.truth].sort()).toEqual(['bass', 'drums', 'other', 'vocals']);
    expect(report.systems.map(({ error }) => error)).toEqual([null, null]);
    const scored = report.systems[0].stems.map(({ name, scores }) => [name, scores !== null]);
    expect(scored).toEqual([
      ['vocals', true],
      ['all but vocals', true],
    ]);
  });

  it('is a method of the library; a fired signal leaves no report', async () => {
    const engine = openEngine({ cacheDir: at('cache'), stateDir: at('state') });
    try {
      const args = { models: ['hpss'], baselines: [], ...clip };
      const report = await engine.compare(stems, { ...args, output: at('library') });
      expect(report.systems[0].stems.map(({ name }) => name)).toEqual(['all but drums', 'drums']);
      const controller = new AbortController();
      const running = engine.compare(stems, { ...args, output: at('half'), signal: controller.signal });
      setTimeout(() => controller.abort(), 300);
      await expect(running).rejects.toMatchObject({ code: 'cancelled' });
      expect(() => readFileSync(at('half', 'index.html'))).toThrow();
    } finally {
      await engine.close();
    }
  });
});
