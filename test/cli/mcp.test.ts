import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testFolder } from './support/run.js';
import { Listener, hashes, song, sumOf, worst, writeWav } from './support/songs.js';

const dir = testFolder();
const at = (...parts: string[]): string => join(dir, ...parts);
const home = at('home');
const bin = fileURLToPath(new URL('../../out/hosts/cli/main.js', import.meta.url));
const ears = new Listener(dir);
const planes = song(2, 50_000, 44100);
const settings = { model: 'hpss', workers: 1, depth: '32f' };
const client = new Client({ name: 'test', version: '1' });

beforeAll(async () => {
  mkdirSync(home);
  writeWav(join(home, 'song.wav'), planes, 44100, '32f');
  writeWav(at('secret.wav'), planes, 44100, '32f');
  symlinkSync(dir, join(home, 'way-out'));
  const env = {
    ...(process.env as Record<string, string>),
    UNBRAID_CACHE: at('cache'),
    UNBRAID_STATE: at('state'),
  };
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [bin, 'mcp', home], env }),
  );
});
afterAll(() => client.close());

type Answer = Record<string, unknown>;

async function call(
  name: string,
  args: Answer = {},
): Promise<{ readonly value: Answer; readonly error: boolean }> {
  const result = await client.callTool({ name, arguments: args });
  return { value: (result.structuredContent ?? {}) as Answer, error: result.isError === true };
}

async function ok(name: string, args: Answer = {}): Promise<Answer> {
  const { value, error } = await call(name, args);
  expect({ name, error, value }).toMatchObject({ error: false });
  return value;
}

it('lists its tools, each with its description and schema', async () => {
  const { tools } = await client.listTools();
  expect(tools.length).toBeGreaterThanOrEqual(25);
  for (const tool of tools) {
    expect(tool.description).toMatch(/\w{3}/);
    expect(tool.inputSchema.type).toBe('object');
  }
  const separate = tools.find(({ name }) => name === 'separate_files')!;
  const { properties = {} } = separate.inputSchema;
  const { settings: offered } = properties as { settings: { properties: Record<string, unknown> } };
  expect(Object.keys(offered.properties)).toEqual(
    expect.arrayContaining(['model', 'overlap', 'format', 'loudness']),
  );
  // Replacing files is the one thing that could not be undone.
  expect(JSON.stringify(tools)).not.toContain('overwrite');
});

it('describes and separates files, with progress, into stems that add up', async () => {
  expect(await ok('list_files', { folder: '.' })).toEqual({ files: ['song.wav'], total: 1 });
  expect(await ok('describe_file', { source: 'song.wav' })).toMatchObject({ sampleRate: 44100, channels: 2 });
  const told: number[] = [];
  await client.callTool(
    { name: 'separate_files', arguments: { sources: ['song.wav'], output: 'stems', settings } },
    undefined,
    { onprogress: ({ progress, total }) => told.push(progress / (total ?? NaN)) },
  );
  expect(told.length).toBeGreaterThan(0);
  expect(told.every((part) => part >= 0 && part <= 1)).toBe(true);
  const stems = ['harmonic', 'percussive'].map((stem) => join(home, 'stems/song', `song [${stem}].wav`));
  const heard = await Promise.all(stems.map(async (path) => (await ears.read(path)).planes));
  expect(worst(sumOf(heard), planes)).toBeLessThan(1e-6);
  await ok('verify_stems', { folder: 'stems', source: 'song.wav' });
  const again = await ok('separate_files', { sources: ['song.wav'], output: 'stems', settings });
  expect(again).toMatchObject({ summary: { done: 0, skipped: 1 } });
});

it('mixes an open song step by step, undoes and redoes, and exports what the mixer has', async () => {
  const { song: handle } = await ok('open_song', { source: 'song.wav' });
  expect(await call('set_track', { song: handle, stem: 'harmonic', mute: true })).toMatchObject({
    error: true,
    value: { code: 'invalid-argument', hint: 'Use separate_song first.' },
  });
  await ok('separate_song', { song: handle, settings });
  const info = await ok('describe_song', { song: handle });
  expect(info).toMatchObject({ mixer: {}, history: { done: [], undone: [] } });
  expect((await ok('list_songs'))['songs']).toMatchObject([{ song: handle }]);
  for (const gainDb of [1e308, 61, -61])
    expect((await call('set_track', { song: handle, stem: 'harmonic', gainDb })).error).toBe(true);
  await ok('set_track', { song: handle, stem: 'harmonic', mute: true });
  await ok('set_track', { song: handle, stem: 'percussive', gainDb: -6 });
  expect(await ok('undo', { song: handle })).toMatchObject({ mixer: { harmonic: { mute: true } } });
  const exported = await ok('export_song', { song: handle, what: 'mix', output: 'mixes', settings });
  const [mix] = exported['files'] as string[];
  const { planes: percussive } = await ears.read(join(home, 'stems/song/song [percussive].wav'));
  expect(worst((await ears.read(join(home, mix))).planes, percussive)).toBeLessThan(1e-6);
  expect(await ok('redo', { song: handle })).toMatchObject({ mixer: { percussive: { gainDb: -6 } } });
  expect(await ok('history', { song: handle })).toEqual({
    done: ['set harmonic', 'set percussive'],
    undone: [],
  });
  const region = { kind: 'mute', start: 0, end: 1000, points: [] };
  await ok('reset_mixer', { song: handle });
  await ok('add_region', { song: handle, stem: 'harmonic', region });
  const second = await ok('export_song', { song: handle, what: 'mix', output: 'mixes', settings });
  const [other] = second['files'] as string[];
  expect(other).not.toBe(mix);
  const { planes: opened } = await ears.read(join(home, other));
  const cut = (all: readonly Float32Array[], from: number, to: number): Float32Array[] =>
    all.map((plane) => plane.subarray(from, to));
  expect(worst(cut(opened, 4000, 50_000), cut(planes, 4000, 50_000))).toBeLessThan(1e-6);
  expect(worst(cut(opened, 0, 500), cut(percussive, 0, 500))).toBeLessThan(1e-6);
  const project = await ok('hand_over', { song: handle, to: 'reaper', output: 'reaper' });
  expect((project['files'] as string[]).length).toBeGreaterThan(0);
  await ok('close_song', { song: handle });
  expect(await call('describe_song', { song: handle })).toMatchObject({ error: true });
});

it('stays in its folders, whatever path leads out, and refuses what the contract refuses', async () => {
  const there = (): unknown => [readdirSync(dir), readdirSync(home), hashes(join(home, 'stems'))];
  const before = there();
  for (const source of [at('secret.wav'), '../secret.wav', 'way-out/secret.wav'])
    expect(await call('open_song', { source })).toMatchObject({
      error: true,
      value: { code: 'permission-denied' },
    });
  for (const output of ['..', 'way-out/new', '/'])
    expect(await call('separate_files', { sources: ['song.wav'], output, settings })).toMatchObject({
      error: true,
      value: { code: 'permission-denied' },
    });
  expect(
    (await call('separate_files', { sources: ['song.wav'], output: 'x', settings: { overlap: 2 } })).error,
  ).toBe(true);
  const forced = await call('separate_files', {
    sources: ['song.wav'],
    output: 'x',
    settings: { overwrite: true },
  });
  expect(forced.error).toBe(true);
  expect(there()).toEqual(before);
});

it('a request that is taken back is cancelled, and leaves nothing', async () => {
  const stop = new AbortController();
  const args = {
    sources: ['song.wav'],
    output: 'cancelled',
    settings: { ...settings, model: 'repet-sim', shifts: 20 },
  };
  const asked = client.callTool({ name: 'separate_files', arguments: args }, undefined, {
    signal: stop.signal,
    onprogress: () => stop.abort(),
  });
  await expect(asked).rejects.toThrow();
  // The next call waits for nothing of the first.
  await ok('list_songs');
  await expect.poll(() => existsSync(join(home, 'cancelled'))).toBe(false);
});

it('refuses addresses and what cannot be a path, and makes nothing of it', async () => {
  const before = readdirSync(home);
  for (const output of ['s3://bucket/stems', 'https://example.org', 'a\0b'])
    for (const [name, args] of [
      ['separate_files', { sources: ['song.wav'], output }],
      ['separate_folder', { folder: '.', output }],
      ['remix_file', { input: 'song.wav', output, mixer: {} }],
      ['describe_file', { source: output }],
      ['list_files', { folder: output }],
      ['open_song', { source: output }],
    ] as const) {
      const { content, isError } = await client.callTool({ name, arguments: args });
      expect([name, isError]).toEqual([name, true]);
      expect(JSON.stringify(content)).not.toMatch(/internal/);
    }
  expect(readdirSync(home)).toEqual(before);
});
