import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { entryFor, smallModel, writeCatalogue } from '../fixtures/models/catalogues.js';
import { FileServer } from '../fixtures/models/file-server.js';
import { InProcess, jsonLines, runBin, startBin, testFolder } from './support/run.js';
import { song as noise, writeWav } from './support/songs.js';

const folder = testFolder();
const models = join(folder, 'models');
const cache = join(folder, 'cache');
const cli = new InProcess(cache);
const made = smallModel('small');
let server: FileServer;

beforeAll(async () => {
  for (const dir of [models, cache]) mkdirSync(dir, { recursive: true });
  vi.stubEnv('UNBRAID_MODELS', models);
  vi.stubEnv('UNBRAID_STATE', join(folder, 'state'));
  server = await FileServer.start();
  const url = server.set('/small', { bytes: made.bytes });
  writeCatalogue(models, [
    entryFor('small', { bytes: made.bytes, url }, { manifest: made.manifest, family: 'tiny' }),
    entryFor('by-hand', { bytes: Buffer.alloc(9) }, { page: 'https://example.test/page' }),
  ]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});

describe('unbraid models', () => {
  it('a model that is not here is named with the one command that fetches it', async () => {
    const song = join(folder, 'song.wav');
    writeWav(song, noise(2, 60_000));
    for (const [name, words] of [
      ['small', 'unbraid models get small'],
      ['tiny', 'unbraid models get small'],
      ['scnet', 'unbraid models get scnet-int8'],
      ['by-hand', 'https://example.test/page'],
    ]) {
      const { code, err } = await cli.run(['separate', song, '-o', join(folder, 'stems'), '-m', name]);
      expect([name, code]).toEqual([name, 1]);
      expect(err).toContain(words);
    }
  });

  it('get shows the licence, and fetches nothing before it is accepted', async () => {
    const refused = await cli.run(['models', 'get', 'small']);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('MIT (says its author, https://example.test/licence)');
    expect(refused.err).toContain('--accept-licence');
    expect(server.ranges('/small')).toEqual([]);
    const taken = await cli.run(['models', 'get', 'small', '--accept-licence']);
    expect(taken).toMatchObject({ code: 0 });
    expect(taken.err).toContain('ready. Its hash is the published one.');
    expect(readFileSync(join(models, 'small', 'small.onnx'))).toEqual(made.bytes);
    const again = await cli.run(['models', 'get', 'small']);
    expect([again.code, again.err]).toEqual([0, 'small is here already.\n']);
    expect(server.ranges('/small')).toHaveLength(1);
  });

  it('what came is used, verified, and deleted', async () => {
    const song = join(folder, 'song.wav');
    const out = join(folder, 'used');
    expect((await cli.run(['separate', song, '-o', out, '-m', 'small'])).code).toBe(0);
    expect(readdirSync(join(out, 'song')).sort()).toEqual([
      'song [other].wav',
      'song [vocals].wav',
      'song.unbraid.json',
    ]);
    const verified = await cli.run(['models', 'verify', 'small', '--json']);
    expect(JSON.parse(verified.out)).toEqual([
      { id: 'small', files: [{ name: 'small.onnx', state: 'right', recorded: false }] },
    ]);
    writeFileSync(join(models, 'small', 'small.onnx'), 'broken');
    const broken = await cli.run(['models', 'verify']);
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(/small +small\.onnx +changed/);
    expect((await cli.run(['models', 'remove', 'small'])).code).toBe(0);
    expect(existsSync(join(models, 'small'))).toBe(false);
    expect((await cli.run(['models', 'remove', 'small'])).code).toBe(1);
  });

  it('a download that was killed goes on where it was', async () => {
    server.set('/small', { bytes: made.bytes, slow: { piece: 20, pieceMs: 300 } });
    const { child, done } = startBin(['models', 'get', 'small', '--accept-licence', '--json'], { cache });
    const path = join(models, '.downloads', 'small', 'small.onnx.part');
    const size = (): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    await expect.poll(size, { timeout: 60_000, interval: 10 }).toBeGreaterThan(0);
    child.kill('SIGKILL');
    expect((await done).signal).toBe('SIGKILL');
    const part = readFileSync(path);
    expect(part.length).toBeGreaterThan(0);
    expect(part).toEqual(made.bytes.subarray(0, part.length));
    server.set('/small', { bytes: made.bytes });
    const { code, out } = await runBin(['models', 'get', 'small', '--accept-licence', '--json'], { cache });
    expect(code).toBe(0);
    expect(server.ranges('/small').at(-1)).toBe(`bytes=${part.length}-`);
    expect(jsonLines(out).at(-1)).toMatchObject({ id: 'small', state: { state: 'done', problem: null } });
    expect(readFileSync(join(models, 'small', 'small.onnx'))).toEqual(made.bytes);
    await cli.run(['models', 'remove', 'small']);
  });

  it('import takes the file from a folder, and try writes what each model makes of some seconds', async () => {
    const from = join(folder, 'from');
    mkdirSync(from);
    writeFileSync(join(from, 'any name.onnx'), made.bytes);
    const imported = await cli.run(['models', 'import', from]);
    expect([imported.code, imported.out]).toEqual([0, 'small (licence: MIT)\n']);
    const out = join(folder, 'trial');
    const args = ['models', 'try', join(folder, 'song.wav'), '-m', 'small,hpss', '-o', out, '--seconds', '1'];
    const tried = await cli.run(args);
    expect(tried.code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['hpss', 'small', 'source.wav']);
    expect(readdirSync(join(out, 'small')).sort()).toEqual(['other.wav', 'vocals.wav']);
    expect((await cli.run(args)).err).toContain('has a trial already');
  });

  it('catalogue says what is known and what is not, and takes a newer one from an address', async () => {
    const known = await cli.run(['models', 'catalogue', 'htdemucs-mixxx']);
    expect(known.out).toContain('research only (says the author of the weights');
    expect(known.out).toContain('SHA-256:   unknown: the first download records it');
    const newer = {
      schema: 'unbraid-catalogue/1',
      updated: '2099-01-01',
      models: [entryFor('newest', { bytes: made.bytes })],
    };
    const address = server.set('/catalogue.json', { bytes: Buffer.from(JSON.stringify(newer)) });
    const updated = await cli.run(['models', 'catalogue', '--set', address, '--update', '--json']);
    expect(JSON.parse(updated.out)).toMatchObject({ updated: '2099-01-01', from: address });
    expect((await cli.run(['models', 'catalogue'])).out).toContain('newest');
    server.set('/catalogue.json', { bytes: Buffer.from('<html>') });
    expect((await cli.run(['models', 'catalogue', '--update'])).code).toBe(1);
    expect((await cli.run(['models', 'catalogue'])).out).toContain('newest');
    expect((await cli.run(['models', 'catalogue', '--reset'])).out).not.toContain('newest');
  });

  it('folder is a setting, unless the environment names it', async () => {
    expect((await cli.run(['models', 'folder', join(folder, 'else')])).err).toContain('UNBRAID_MODELS');
    vi.stubEnv('UNBRAID_MODELS', '');
    const set = await cli.run(['models', 'folder', join(folder, 'else')]);
    expect(set.out).toBe(`${join(folder, 'else')}\n`);
    expect((await cli.run(['models', 'folder'])).out).toBe(`${join(folder, 'else')}\n`);
    expect((await cli.run(['models', 'folder', '--default'])).out).not.toContain('else');
    // Below a file, and (on Linux) where even root can write nothing: told at once, not at the first download.
    writeFileSync(join(folder, 'a file'), '');
    const places = [
      join(folder, 'a file'),
      join(folder, 'a file', 'models'),
      ...(existsSync('/proc/self') ? ['/proc'] : []),
    ];
    for (const place of places) {
      const refused = await cli.run(['models', 'folder', place]);
      expect(refused).toMatchObject({ code: 2, out: '' });
      expect(refused.err).toContain(`${place}: This is not a folder that can be written to`);
    }
    expect((await cli.run(['models', 'folder'])).out).not.toContain('a file');
    vi.stubEnv('UNBRAID_MODELS', models);
  });
});
