import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { planesOf } from '../fixtures/audio/caches.js';
import { graph, manifest } from '../fixtures/manifests.js';
import { gainGraph, writeOnnx } from '../fixtures/onnx.js';
import { InProcess, jsonLines, runBin, testFolder } from './support/run.js';
import { differenceDb, Listener, song, sumOf, worst, writeWav } from './support/songs.js';

// A chain in the folder of models, everywhere a model can be used.
const dir = testFolder();
const models = join(dir, 'models');
const before = process.env['UNBRAID_MODELS'];
const listener = new Listener(dir);
const cli = new InProcess(join(dir, 'cache'));
const planes = song(2, 90_000);
const wav = join(dir, 'song.wav');

const recipe = {
  ...{ schema: 'unbraid-chain/1', id: 'parts', name: 'Parts' },
  steps: [
    { separator: 'voice', stems: { order: ['vocals', 'band'] } },
    { of: 'band', separator: 'hpss', stems: { order: ['drums', 'rest'] }, names: { drums: 'percussive' } },
    { of: 'vocals', separator: 'voice', stems: { order: ['lead', 'backing'] }, names: { lead: 'vocals' } },
  ],
};

beforeAll(() => {
  process.env['UNBRAID_MODELS'] = models;
  mkdirSync(models);
  const written = writeOnnx(models, 'voice.onnx', gainGraph([1, 2, 2048], [0.25, 0.75]));
  const wave = graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b s ch n' });
  const voice = manifest({ id: 'voice', graphs: [{ ...wave, ...written }] });
  writeFileSync(join(models, 'voice.json'), JSON.stringify(voice));
  writeFileSync(join(models, 'parts.json'), JSON.stringify(recipe));
  writeWav(wav, planes, 44_100, '32f');
});
afterAll(() => {
  if (before === undefined) delete process.env['UNBRAID_MODELS'];
  else process.env['UNBRAID_MODELS'] = before;
});

const out = (name: string): string => join(dir, name);
const read = async (path: string): Promise<Float32Array[]> => (await listener.read(path)).planes;
const scaled = (gain: number): Float32Array[] => planes.map((plane) => plane.map((x) => gain * x));

/** The files of the last song that a run with `--json` tells of. */
function outputsOf(text: string): { stem: string; path: string }[] {
  const done = jsonLines(text).findLast((line) => line['result'] !== undefined);
  return (done!['result'] as { outputs: { stem: string; path: string }[] }).outputs;
}

describe('a chain on the command line', () => {
  it('may have methods with options as its steps; options that do not exist are named', async () => {
    const method = 'nmf:components=6:iterations=8';
    const steps = (separator: string) => [
      { separator: 'voice', stems: { order: ['vocals', 'band'] } },
      { of: 'band', separator, stems: { order: ['drums', 'rest'] } },
    ];
    const write = (id: string, separator: string): void =>
      writeFileSync(
        join(models, `${id}.json`),
        JSON.stringify({ schema: 'unbraid-chain/1', id, name: id, steps: steps(separator) }),
      );
    write('few', method);
    write('odd', 'nmf:colour=red');
    const { code } = await cli.run(['separate', wav, '-m', 'few', '-o', out('few'), '--depth', '32f']);
    expect(code).toBe(0);
    const folder = join(out('few'), 'song');
    const stems = await Promise.all(
      ['vocals', 'drums', 'rest'].map((stem) => read(join(folder, `song [${stem}].wav`))),
    );
    expect(differenceDb(sumOf(stems), planes)).toBeLessThan(-130);
    // The second step hears what the first leaves: the same method on that alone.
    const band = join(dir, 'band.wav');
    writeWav(
      band,
      planes.map((plane, ch) => plane.map((x, i) => x - stems[0][ch][i])),
      44_100,
      '32f',
    );
    await cli.run(['separate', band, '-m', method, '-o', out('alone'), '--depth', '32f']);
    const alone = await read(join(out('alone'), 'band', 'band [drums].wav'));
    expect(differenceDb(stems[1], alone)).toBeLessThan(-100);
    const wrong = await cli.run(['models', '--json']);
    const { broken } = JSON.parse(wrong.out) as { broken: { file: string; error: { code: string } }[] };
    expect(broken.find(({ file }) => file.endsWith('odd.json'))?.error.code).toBe('invalid-argument');
    for (const id of ['few', 'odd']) rmSync(join(models, `${id}.json`));
  });

  it('is listed and checked like a model', async () => {
    const { separators } = JSON.parse((await cli.run(['models', '--json'])).out) as {
      separators: { id: string }[];
    };
    expect(separators.find(({ id }) => id === 'parts')).toMatchObject({
      ...{ kind: 'chain', installed: true, removable: true },
      stems: ['lead', 'backing', 'drums', 'rest'],
    });
    const checked = await cli.run(['models', 'check', 'parts']);
    expect(checked).toMatchObject({ code: 0, err: '' });
  });

  it('separates a song into files that add up, with a sidecar that can be verified', async () => {
    const { code, out: text } = await runBin(
      ['separate', wav, '-m', 'parts', '-o', out('all'), '--depth', '32f', '--json'],
      { cache: join(dir, 'cache') },
    );
    expect(code).toBe(0);
    const outputs = outputsOf(text);
    expect(outputs.map(({ stem }) => stem)).toEqual(['lead', 'backing', 'drums', 'rest']);
    const parts = await Promise.all(outputs.map(({ path }) => read(path)));
    expect(worst(sumOf(parts), planes)).toBeLessThan(2 ** -23);
    expect(differenceDb(parts[0], scaled(0.0625))).toBeLessThan(-120);
    expect(worst(sumOf(parts.slice(2)), scaled(0.75))).toBeLessThan(2 ** -23);
    expect((await cli.run(['verify', out('all')])).code).toBe(0);
    const again = await cli.run([
      'separate',
      wav,
      '-m',
      'parts',
      '-o',
      out('all'),
      '--depth',
      '32f',
      '--json',
    ]);
    expect(again.out).toContain('"status":"skipped"');
  });

  it('of a stem that is wanted only its steps are run; a residual elsewhere is refused', async () => {
    const { code } = await cli.run([
      'separate',
      wav,
      '-m',
      'parts',
      '--stems',
      'backing',
      '-o',
      out('one'),
      '--depth',
      '32f',
      '--json',
    ]);
    expect(code).toBe(0);
    const { out: text } = await cli.run([
      'separate',
      wav,
      '-m',
      'parts',
      '--two-stems',
      'lead',
      '-o',
      out('two'),
      '--depth',
      '32f',
      '--json',
    ]);
    const outputs = outputsOf(text);
    expect(outputs.map(({ stem }) => stem)).toEqual(['lead', 'no-lead']);
    expect(differenceDb(await read(outputs[1].path), scaled(1 - 0.0625))).toBeLessThan(-120);
    const refused = await cli.run(['separate', wav, '-m', 'parts', '--residual', 'stem', '-o', out('no')]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('sets the residual stem itself');
  });

  it('a stem that is separated further stands for its pieces, whatever they are called', async () => {
    const made = async (name: string, ...more: string[]): Promise<Float32Array[][]> => {
      const args = ['separate', wav, '-m', 'parts', '-o', out(name), '--depth', '32f', '--json', ...more];
      const { code, out: text, err } = await cli.run(args);
      expect(code, err).toBe(0);
      return Promise.all(outputsOf(text).map(({ path }) => read(path)));
    };
    const plain = await made('plain');
    const whole = await made('whole', '--clean', 'band=0.6');
    expect(whole).toEqual(await made('pieces', '--clean', 'drums=0.6', '--clean', 'rest=0.6'));
    expect(differenceDb(whole[2], plain[2])).toBeGreaterThan(-60);
    expect(worst(sumOf(whole), planes)).toBeLessThan(2 ** -22);
    const mix = out('no-band.wav');
    const remix = ['remix', wav, '-m', 'parts', '--mute', 'band', '-o', mix, '--depth', '32f'];
    expect((await cli.run(remix)).err).toContain('Mixed lead, backing;');
    expect(differenceDb(await read(mix), scaled(0.25))).toBeLessThan(-120);
  });

  it.each([
    [
      ['--stems', 'vocals,lead'],
      /"lead" is a piece of "vocals".*Name vocals alone, or its pieces: lead, backing/s,
    ],
    [
      ['--two-stems', 'piano'],
      /no stem "piano".*lead, backing, drums, rest; whole: band \(drums, rest together\)/s,
    ],
    [['--stems', 'drums,piano'], /no stem "piano".*vocals \(lead, backing together\)/s],
    [['--clean', 'piano=1'], /no stem "piano" to make clean or full/],
  ])('%j is refused with everything that could be said', async (args, message) => {
    const { code, err } = await cli.run(['separate', wav, '-m', 'parts', '-o', out('no'), ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it('works in a batch, and hears a few seconds', async () => {
    mkdirSync(out('songs'));
    for (const name of ['a', 'b']) writeWav(join(out('songs'), `${name}.wav`), song(2, 30_000, 44_100, 3));
    const batch = await cli.run(['batch', out('songs'), '-m', 'parts', '-o', out('batch'), '--json']);
    expect(batch.code).toBe(0);
    expect((await cli.run(['verify', out('batch')])).code).toBe(0);
    const tried = await cli.run([
      'models',
      'try',
      wav,
      '-m',
      'parts,hpss',
      '-o',
      out('tried'),
      '--seconds',
      '1',
      '--json',
    ]);
    expect(tried.code).toBe(0);
    const lead = await read(join(out('tried'), 'parts', 'lead.wav'));
    const source = await read(join(out('tried'), 'source.wav'));
    expect(
      differenceDb(
        lead,
        source.map((plane) => plane.map((x) => 0.0625 * x)),
      ),
    ).toBeLessThan(-120);
  });

  it('its tracks can be edited afterwards, and still add up', async () => {
    const { client } = cli;
    const { sessions } = cli.api;
    const { handle, path } = sessions.newUpload('edited.wav');
    writeWav(path, planes, 44_100, '32f');
    const { session } = await client.openUpload({ upload: handle });
    const settings = { model: 'parts', stems: ['lead', 'drums'] };
    const { tracks } = await client.separateSession({ job: 'sep', session, settings });
    expect(tracks.map(({ name }) => name)).toEqual(['source', 'lead', 'drums', 'rest']);
    const made = new TileMask({ nFft: 4096, hop: 1024 });
    fillRectangle(made, { start: 20, end: 60, low: 10, high: 400 });
    const mask = sessions.store.get(session).edits.addMask(made.encode());
    const edit = { id: 'a', kind: 'move' as const, mask, sources: ['rest'], target: 'lead', strength: 1 };
    const report = await client.editSession({ job: 'edit', session, edits: [edit] });
    expect(Object.keys(report.changed).sort()).toEqual(['lead', 'rest']);
    const [source, ...stems] = sessions.store.get(session).state.tracks.map(({ ref }) => planesOf(ref));
    expect(differenceDb(stems[0], scaled(0.0625))).toBeGreaterThan(-20);
    expect(worst(sumOf(stems), source)).toBeLessThan(2 ** -22);
    await client.closeSession({ session });
  });

  it('says which model is missing, and the command that gets it', async () => {
    const lacking = structuredClone(recipe);
    lacking.steps[1].separator = 'scnet-int8';
    lacking.steps[1].names = {} as never;
    writeFileSync(join(dir, 'lacking.json'), JSON.stringify({ ...lacking, id: 'lacking' }));
    const { code, out: text } = await cli.run(['models', 'import', join(dir, 'lacking.json'), '--json']);
    expect(code).toBe(1);
    const [item] = JSON.parse(text) as { state: string; error: { code: string; hint: string } }[];
    expect(item).toMatchObject({ state: 'unusable', error: { code: 'model-not-found' } });
    expect(item.error.hint).toContain('unbraid models get scnet-int8');
    const used = await cli.run(['separate', wav, '-m', 'lacking', '-o', out('lacking')]);
    expect(used.code).not.toBe(0);
    expect(used.err).toContain('unbraid models get scnet-int8');
    expect((await cli.run(['models', 'remove', 'lacking'])).code).toBe(0);
    rmSync(join(models, 'voice.onnx'));
    expect((await cli.run(['separate', wav, '-m', 'parts', '-o', out('gone')])).err).toContain('voice');
    expect((await cli.run(['models', 'remove', 'parts'])).code).toBe(0);
    expect(() => readFileSync(join(models, 'parts.json'))).toThrow();
  });
});
