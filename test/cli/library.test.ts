import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../src-main/hosts/library/index.js';
import { testFolder } from './support/run.js';
import { Listener, song, sumOf, worst, writeWav } from './support/songs.js';

const run = promisify(execFile);
const dir = testFolder();
const at = (...parts: string[]): string => join(dir, ...parts);
const cache = at('cache');
const engine = openEngine({ cacheDir: cache, stateDir: at('state') });
afterAll(() => engine.close());
const ears = new Listener(dir);
const settings = { model: 'hpss', workers: 1 };
const rate = 44100;
const planes = song(2, rate + 123, rate);
const wav = writeWav(at('song.wav'), planes, rate, '32f');
const frames = planes[0].length;

describe('the library', () => {
  it('streams stems that add up to the song, in blocks that do not matter', async () => {
    const separated = await engine.stems(wav, { settings });
    expect(separated).toMatchObject({
      stems: ['harmonic', 'percussive'],
      sampleRate: rate,
      channels: 2,
      frames,
    });
    const read = async (stem: string, blockFrames: number): Promise<Float32Array[]> => {
      const whole = [new Float32Array(frames), new Float32Array(frames)];
      let done = 0;
      for await (const block of separated.planes(stem, { blockFrames })) {
        block.forEach((plane, c) => whole[c].set(plane, done));
        done += block[0].length;
      }
      expect(done).toBe(frames);
      return whole;
    };
    const stems = await Promise.all(separated.stems.map((stem) => read(stem, 1000)));
    expect(worst(sumOf(stems), planes)).toBeLessThan(1e-6);
    expect(worst(await read('harmonic', frames + 5), stems[0])).toBe(0);
    const flat: number[] = [];
    for await (const block of separated.interleaved('percussive', { blockFrames: 7777 })) flat.push(...block);
    expect(flat.length).toBe(2 * frames);
    expect(
      worst(
        [0, 1].map((c) => flat.filter((_, i) => i % 2 === c)),
        stems[1],
      ),
    ).toBe(0);
    const missing = separated.planes('horns')[Symbol.asyncIterator]().next();
    await expect(missing).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(readdirSync(cache).filter((name) => name.startsWith('unbraid-'))).toHaveLength(1);
    await separated.close();
    expect(readdirSync(cache)).toEqual([]);
  });

  it('separates files with progress, and a bad one costs one item', async () => {
    const states: string[] = [];
    const report = await engine.separate([wav, at('none.wav')], {
      output: at('stems'),
      settings,
      onItem: (index, item) => states.push(`${index} ${item.state.state}`),
    });
    expect(report.summary).toEqual({ done: 1, skipped: 0, failed: 1, cancelled: 0 });
    expect(states).toEqual(expect.arrayContaining(['0 separating', '0 done', '1 failed']));
    expect(states.indexOf('0 separating')).toBeLessThan(states.indexOf('0 done'));
    const { planes: harmonic } = await ears.read(at('stems/song/song [harmonic].wav'));
    const { planes: percussive } = await ears.read(at('stems/song/song [percussive].wav'));
    expect(worst(sumOf([harmonic, percussive]), planes)).toBeLessThan(1e-6);
  });

  it('remixes, analyses and scores', async () => {
    const mix = await engine.remix(at('stems/song'), {
      output: at('mix.wav'),
      mixer: { harmonic: { mute: true } },
    });
    const { planes: mixed } = await ears.read(mix.path);
    const { planes: percussive } = await ears.read(at('stems/song/song [percussive].wav'));
    expect(worst(mixed, percussive)).toBe(0);
    const facts = await engine.analyse(wav);
    expect(facts).toMatchObject({ sampleRate: rate, channels: 2, frames });
    expect(facts.loudness?.integratedLufs).toBeGreaterThan(-30);
    expect((await engine.analyse(wav, { loudness: false })).loudness).toBeNull();
    const scores = await engine.evaluate({ references: at('stems/song'), estimates: at('stems/song') });
    expect(JSON.stringify(scores)).toContain('harmonic');
  });

  it('does nothing for a signal that has fired already', async () => {
    const signal = AbortSignal.abort();
    let items = 0;
    const onItem = (): void => void items++;
    const [output, stems] = [at('never'), at('stems/song')];
    const asked = [
      engine.separate(wav, { output, settings, signal, onItem }),
      engine.remix(stems, { output: at('never.wav'), mixer: {}, signal, onItem }),
      engine.evaluate({ references: stems, estimates: stems, signal }),
      engine.analyse(wav, { signal }),
      engine.stems(wav, { settings, signal }),
    ];
    for (const answer of await Promise.allSettled(asked))
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    expect(items).toBe(0);
    expect(existsSync(output) || existsSync(at('never.wav'))).toBe(false);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(readdirSync(cache)).toEqual([]);
  });

  it('is cancelled on the way, listens to the signal no more, and takes the next song', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const states: string[] = [];
    const report = await engine.separate(wav, {
      ...{ output: at('half'), settings, signal },
      onItem: (_, { state }) => {
        states.push(state.state);
        if (state.state === 'separating') controller.abort();
      },
    });
    expect(report.summary).toEqual({ done: 0, skipped: 0, failed: 0, cancelled: 1 });
    expect(states).toContain('separating');
    expect(existsSync(at('half', 'song'))).toBe(false);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect((await engine.analyse(wav, { loudness: false })).frames).toBe(frames);
  });

  it('refuses what the contract refuses', async () => {
    const wrong = engine.separate(wav, { output: at('never'), settings: { overlap: 2 } });
    await expect(wrong).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

describe('the examples run', () => {
  const example = async (name: string, ...args: string[]): Promise<string[][]> => {
    const file = fileURLToPath(new URL(`../../docs/examples/${name}.mjs`, import.meta.url));
    const env = { ...process.env, UNBRAID_CACHE: cache, UNBRAID_STATE: at('state') };
    const { stdout } = await run(process.execPath, [file, ...args], { env });
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
  };
  const four = ['bass', 'drums', 'other', 'vocals'];

  it('separate', async () => {
    const lines = await example('separate', wav, at('example'));
    expect(lines.map(([stem]) => stem).sort()).toEqual(four);
    for (const [, path] of lines) expect((await ears.read(path)).info.frames).toBe(frames);
  });

  it('loudness-of-stems', async () => {
    const lines = await example('loudness-of-stems', wav);
    expect(lines.map(([stem]) => stem).sort()).toEqual(four);
    const total = lines.reduce((sum, [, level]) => sum + 10 ** (Number(level) / 10), 0);
    expect(total).toBeGreaterThan(0.01);
    expect(total).toBeLessThan(1);
  });

  it('karaoke', async () => {
    const [[path, loudness]] = await example('karaoke', wav, at('karaoke.flac'));
    expect((await ears.read(path)).info.frames).toBe(frames);
    expect(loudness).toMatch(/^-\d+\.\d LUFS$/);
  });
});

describe('what JavaScript lets through', () => {
  const loose = engine as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;

  it.each([
    ['separate', []],
    ['separate', [undefined, { output: 'x' }]],
    ['separate', ['song.wav', null]],
    ['separate', [['song.wav', 5], { output: 'x' }]],
    ['separate', ['song.wav', { output: 's3://bucket/x' }]],
    ['separate', ['song.wav', { output: 'x', signal: 'now' }]],
    ['separate', ['song.wav', { output: 'x', onItem: 5 }]],
    ['separate', ['a\0.wav', { output: 'x' }]],
    ['remix', []],
    ['remix', ['song.wav', { output: 'x.wav' }]],
    ['remix', ['song.wav', { output: 'x.wav', mixer: { vocals: { gainDb: 1e308 } } }]],
    ['evaluate', []],
    ['compare', []],
    ['compare', ['song.wav', { output: 'x', models: 5 }]],
    ['analyse', []],
    ['analyse', ['a\0.wav']],
    ['analyse', ['song.wav', null]],
    ['stems', []],
    ['stems', ['a\0.wav']],
    ['stems', ['song.wav', { settings: 'fast' }]],
    ['stems', ['song.wav', null]],
  ])('%s %j is a typed rejection', async (method, args) => {
    // Not a throw: who writes `.catch` gets it.
    const pending = loose[method](...args);
    expect(pending).toBeInstanceOf(Promise);
    await expect(pending).rejects.toMatchObject({ name: 'UnbraidError', code: 'invalid-argument' });
  });

  it('folders of an engine are checked when it is opened', () => {
    for (const folders of [null, 'x', { cacheDir: 5 }, { stateDir: 'a\0' }, { cacheDir: 's3://bucket' }])
      expect(() => openEngine(folders as never)).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      );
  });

  it('a closed engine, and a closed song, say so', async () => {
    const closing = openEngine({ cacheDir: at('closing'), stateDir: at('closing-state') });
    const opened = await closing.stems(wav, { settings });
    const other = await closing.stems(wav, { settings });
    const read = (from: typeof opened): Promise<unknown> =>
      from.planes('harmonic')[Symbol.asyncIterator]().next();
    await opened.close();
    const closed = { code: 'invalid-argument', message: expect.stringContaining('closed') as string };
    await expect(read(opened)).rejects.toMatchObject(closed);
    await closing.close();
    await closing.close();
    await expect(read(other)).rejects.toMatchObject(closed);
    await expect(closing.separate(wav, { output: at('late'), settings })).rejects.toMatchObject(closed);
    await expect(closing.stems(wav)).rejects.toMatchObject(closed);
    await expect(closing.analyse(wav)).rejects.toMatchObject(closed);
    await expect(closing.separators()).rejects.toMatchObject(closed);
    expect(existsSync(at('late'))).toBe(false);
  });
});
