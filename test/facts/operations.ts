import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { noMarks } from '../../src-main/common/document/marks.js';
import { documentVersion } from '../../src-main/common/document/migrations.js';
import { createResampler } from '../../src-main/common/dsp/resample.js';
import { factsOf, outputFormats, type Depth } from '../../src-main/common/jobs/formats.js';
import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { unpackZip } from '../fixtures/unpack.js';
import { control, speedUnit } from '../../src-renderer/playback/shared.js';
import { cacheOf } from '../fixtures/audio/caches.js';
import { sine } from '../fixtures/signals.js';
import { song, writeWav } from '../cli/support/songs.js';
import {
  length as tapeLength,
  mixer as player,
  quantum,
  render,
  sample,
  track,
} from '../unit/renderer/mixer-parts.js';
import { errorOf, onGrid, type Bench, type Planes } from './bench.js';
import type { Fact } from './sheet.js';

const bitsOf = { '16': 16, '24': 24, '32f': null } as const;
const wordsOf = { '16': '16 bits', '24': '24 bits', '32f': '32-bit float' } as const;
const grid = { '16': 's16', '24': 's24', '32f': 'f32' } as const;
const worstOf = (errors: readonly number[]): number => Math.max(...errors);

/** Reading what each lossless format holds. */
export async function opening(bench: Bench): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const format of outputFormats.filter((one) => factsOf(one).lossless)) {
    for (const depth of factsOf(format).depths) {
      const planes = onGrid(song(2, 44_100), bitsOf[depth]);
      const path = bench.place(`.${factsOf(format).endings[0]}`);
      if (format === 'wav') writeWav(path, planes, 44_100, depth);
      else {
        const inputs = [{ ref: cacheOf(bench.root, planes, 44_100), gain: 1 }];
        const output = { path, format, sample: grid[depth], inputs, tags: {} };
        await bench.codec.encodeSet({ outputs: [output], dither: 'none', seed: 1 });
      }
      const operation = `${factsOf(format).label}, ${wordsOf[depth]}`;
      const errorDb = errorOf(await bench.read(path), planes);
      facts.push({ group: 'Open', operation, errorDb, measure: 'samples as read / as the file holds them' });
    }
  }
  return facts;
}

/** There and back, where a filter has settled. */
export function resampling(): Fact[] {
  const length = 44_100;
  const tones = [997, 5000, 15_000].map((hz) => sine(length, hz, 44_100, 0.25));
  const wave = Float32Array.from(tones[0], (_, i) => tones.reduce((sum, tone) => sum + tone[i], 0));
  const run = (from: number, to: number, plane: Float32Array): Float32Array => {
    const resampler = createResampler(from, to);
    const count = resampler.outputLength(plane.length);
    const range = resampler.inputRange(0, count);
    const raw = new Float32Array(range.count);
    raw.set(plane.subarray(0, raw.length + range.start), -range.start);
    const out = new Float32Array(count);
    resampler.process(raw, range.start, 0, count, out);
    return out;
  };
  return [48_000, 96_000, 22_050].map((rate) => {
    const low = rate < 44_100 ? Float32Array.from(tones[0], (x, i) => x + tones[1][i]) : wave;
    const back = run(rate, 44_100, run(44_100, rate, low));
    const middle = (plane: Float32Array): Planes => [plane.subarray(4000, length - 4000)];
    return {
      group: 'Resample',
      operation: `44.1 kHz to ${rate / 1000} kHz and back`,
      errorDb: errorOf(middle(back), middle(low)),
      measure: `tones up to ${rate < 44_100 ? 5 : 15} kHz / the same, without 0.1 s at each end`,
    };
  });
}

/** Sums of stems, by every kind of separator, at the song's rate and at another. */
export async function separating(bench: Bench): Promise<Fact[]> {
  const facts: Fact[] = [];
  const measure = 'sum of all stems, float32 / the song';
  for (const model of ['hpss', 'classic-4', 'repet-sim', 'unbraid-fast', 'unbraid-blend']) {
    const errorDb = bench.sumError(await bench.separated(model));
    facts.push({ group: 'Separate and sum', operation: model, errorDb, measure });
  }
  const high = writeWav(bench.place('.wav'), song(2, 48_000, 48_000), 48_000, '24');
  const mono = writeWav(bench.place('.wav'), song(1, 44_100), 44_100, '24');
  for (const [operation, path] of [
    ['unbraid-fast, a song at 48 kHz', high],
    ['unbraid-fast, a mono song', mono],
  ]) {
    const errorDb = bench.sumError(await bench.separated('unbraid-fast', path));
    facts.push({ group: 'Separate and sum', operation, errorDb, measure });
  }
  return facts;
}

function rectangle(bench: Bench, { session }: SessionInfo): string {
  const mask = new TileMask({ nFft: 4096, hop: 1024 });
  fillRectangle(mask, { start: 8, end: 30, low: 20, high: 400 });
  return bench.api.sessions.store.get(session).edits.addMask(mask.encode());
}

/** An edit, and the same taken back. */
export async function editing(bench: Bench, info: SessionInfo): Promise<Fact[]> {
  const { session } = info;
  const before = bench.tracks(info);
  const [from, to] = info.tracks.filter(({ kind }) => kind === 'stem').map(({ name }) => name);
  const facts: Fact[] = [];
  const measure = 'sum of all stems, float32 / the song';
  const mask = rectangle(bench, info);
  const base = { id: 'one', sources: [from], target: null, strength: 1, mask };
  const edits = [
    ['a rectangle moved to another stem', { ...base, kind: 'move', target: to }],
    ['a rectangle copied to another stem', { ...base, kind: 'copy', target: to }],
    ['a rectangle taken away', { ...base, kind: 'attenuate' }],
    ['a rectangle healed from before and after', { ...base, kind: 'heal', fill: 'time' }],
    ['a rectangle healed from below and above', { ...base, kind: 'heal', fill: 'frequency' }],
    ['a rectangle cloned to 0.1 s later', { ...base, kind: 'clone', shift: 4410 }],
  ] as const;
  for (const [operation, edit] of edits) {
    await bench.client.editSession({ job: 'edit', session, edits: [edit] });
    facts.push({ group: 'Edit', operation, errorDb: bench.sumError(info), measure });
    await bench.client.editSession({ job: 'edit', session, edits: [] });
    const errors = bench.tracks(info).map((track, t) => errorOf(track, before[t]));
    const said = 'every stem / what it was before';
    facts.push({ group: 'Edit', operation: `${operation}, undone`, errorDb: worstOf(errors), measure: said });
  }
  return facts;
}

/** Settings of the mixer that should do nothing, in a mix of 32-bit floats. */
export async function mixing(bench: Bench, info: SessionInfo): Promise<Fact[]> {
  const [source, ...stems] = bench.tracks(info);
  const names = info.tracks.slice(1).map(({ name }) => name);
  const settings = { format: 'wav' as const, depth: '32f' as const, model: 'hpss' };
  const each = <T>(strip: T): Record<string, T> => Object.fromEntries(names.map((name) => [name, strip]));
  const mix = async (
    mixer: NonNullable<Parameters<Bench['export']>[1]['mixer']>,
  ): Promise<Float32Array[]> => {
    const folder = bench.save(await bench.export(info, { what: 'mix', mixer, settings }));
    return bench.read(join(folder, readdirSync(folder)[0]));
  };
  const plain = await mix({});
  const region = { kind: 'gain' as const, start: 0, end: 44_100, points: [{ frame: 0, db: 0 }] };
  const rows: [string, Float32Array[], Planes, string][] = [
    ['all stems, mixer untouched', plain, source, 'the mix / the song'],
    ['gain 0 dB', await mix(each({ gainDb: 0 })), plain, 'the mix / the mix without it'],
    ['pan in the centre', await mix(each({ pan: 0 })), plain, 'the mix / the mix without it'],
    ['automation at 0 dB', await mix(each({ automation: [region] })), plain, 'the mix / the mix without it'],
    ['solo of one stem', await mix({ [names[0]]: { solo: true } }), stems[0], 'the mix / the stem'],
  ];
  return rows.map(([operation, actual, wanted, measure]) => {
    return { group: 'Mix', operation, errorDb: errorOf(actual, wanted), measure };
  });
}

/** What the page plays, once its ramp from silence is over. */
export function playing(): Fact[] {
  const { core, state } = player([track(0)]);
  state.controls[control.speed] = speedUnit;
  state.controls[control.playing] = 1;
  const heard: number[] = [];
  for (let i = 0; i + quantum <= tapeLength && heard.length < 40_000; i += quantum)
    heard.push(...render(core));
  const wanted = heard.map((_, i) => sample(0, i));
  const settled = (samples: readonly number[]): Planes => [samples.slice(8 * quantum)];
  const measure = 'what is heard / the track, without the first 1,024 frames';
  const errorDb = errorOf(settled(heard), settled(wanted));
  return [{ group: 'Play', operation: 'one track at speed 1.0', errorDb, measure }];
}

/** Every format and depth: all stems as files. */
export async function exporting(bench: Bench, info: SessionInfo): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const format of outputFormats) {
    const { label, depths, lossless } = factsOf(format);
    const choices: (Depth | undefined)[] = lossless ? [...depths] : [undefined, ...depths];
    for (const depth of choices) {
      const settings = { format, model: 'classic-4', ...(depth !== undefined && { depth }) };
      const { writtenNullDb } = await bench.export(info, { what: 'stems', settings });
      const coding =
        depth === undefined ? '' : `, ${depths.length > 0 && !lossless ? 'ALAC ' : ''}${wordsOf[depth]}`;
      facts.push({
        ...{ group: 'Export stems', operation: `${label}${coding}` },
        errorDb: writtenNullDb === -999 ? -Infinity : writtenNullDb!,
        measure: format === 'opus' ? 'sum of the files / the song at 48 kHz' : 'sum of the files / the song',
      });
    }
  }
  return facts;
}

/** Stems as other programs get them. */
export async function handingOver(bench: Bench, info: SessionInfo): Promise<Fact[]> {
  const [, ...stems] = bench.tracks(info);
  const names = info.tracks.slice(1).map(({ name }) => name);
  const tracks = names.map((name) => ({ stem: name, name, colour: '#0000ff' }));
  const facts: Fact[] = [];
  for (const to of ['dawproject', 'reaper'] as const) {
    const settings = { model: 'classic-4', depth: '32f' as const };
    const order = { job: 'hand-over', session: info.session, to, tracks, settings };
    const folder = bench.save(await bench.client.handOver(order));
    const unpacked = bench.place();
    await unpackZip(join(folder, readdirSync(folder)[0]), unpacked);
    const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
    const errors = await Promise.all(
      names.map(async (name, s) => {
        const file = files.find((path) => path.endsWith(`${name}.wav`))!;
        return errorOf(await bench.read(join(unpacked, file)), stems[s]);
      }),
    );
    const operation = to === 'reaper' ? 'Reaper, 32-bit float' : 'DAWproject, 32-bit float';
    facts.push({
      group: 'Hand over',
      operation,
      errorDb: worstOf(errors),
      measure: 'stems in it / the stems',
    });
  }
  return facts;
}

/** Masks as files and back. */
export async function masks(bench: Bench, info: SessionInfo): Promise<Fact[]> {
  const { session } = info;
  const hash = rectangle(bench, info);
  const facts: Fact[] = [];
  for (const format of ['npy', 'png'] as const) {
    const folder = bench.save(await bench.client.exportMask({ job: 'e', session, mask: hash, format }));
    const [side, file] = ['.json', `.${format}`].map((ending) =>
      join(
        folder,
        readdirSync(folder).find((name) => name.endsWith(ending))!,
      ),
    );
    const sent = { upload: bench.upload(`m.${format}`, file), side: bench.upload('m.json', side) };
    const { mask } = await bench.client.importMask({ job: 'i', session, ...sent });
    facts.push({
      ...{ group: 'Masks', operation: `exported as .${format} and imported` },
      errorDb: mask === hash ? -Infinity : 0,
      measure: 'the mask / what it was',
    });
  }
  return facts;
}

/** Saved, closed, opened by another run of the program; and the same through one zip. */
export async function keeping(bench: Bench, info: SessionInfo): Promise<Fact[]> {
  const before = bench.tracks(info);
  const document = { document: 'unbraid' as const, version: documentVersion, records: [] };
  const { session } = info;
  const kept = { session, document, history: noMarks, view: null };
  const zip = bench.save(await bench.client.collectProject({ job: 'c', ...kept }));
  await bench.client.saveProject(kept);
  await bench.restart();
  const errorsOf = (opened: { readonly info: SessionInfo }): number =>
    worstOf(bench.tracks(opened.info).map((track, t) => errorOf(track, before[t])));
  const { projects } = await bench.client.projects({});
  const saved = errorsOf(await bench.client.openProject({ project: projects[0].handle }));
  const upload = bench.upload('song.unbraid.zip', join(zip, readdirSync(zip)[0]));
  const { project } = await bench.client.unpackProject({ upload });
  const carried = errorsOf(await bench.client.openProject({ project: project.handle }));
  const measure = 'song and stems / what they were';
  return [
    { group: 'Projects', operation: 'saved and opened again', errorDb: saved, measure },
    { group: 'Projects', operation: 'collected in a zip, unpacked and opened', errorDb: carried, measure },
  ];
}
