import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { chainStems } from '../../../../src-main/common/separation/chain.js';
import { parseChain } from '../../../../src-main/common/separation/chain-manifest.js';
import {
  fromManifest,
  type ChainSeparatorEntry,
  type SingleSeparator,
} from '../../../../src-main/node/inference/model-store.js';
import { SeparationEngine } from '../../../../src-main/node/inference/separation-engine.js';
import type {
  SeparatedSong,
  SeparateOptions,
  SeparateRequest,
} from '../../../../src-main/node/inference/separation.js';
import { cacheOf, planesOf } from '../../../fixtures/audio/caches.js';
import { graph, manifest } from '../../../fixtures/manifests.js';
import { gainGraph, writeOnnx } from '../../../fixtures/onnx.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

// Real graphs in real processes: what each step gives is a known part of its parent.
const folder = mkdtempSync(join(tmpdir(), 'unbraid-chain-test-'));
const engines: SeparationEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let counter = 0;

function model(id: string, stems: readonly string[], gains: readonly number[]): SingleSeparator {
  const written = writeOnnx(folder, `${id}.onnx`, gainGraph([1, 2, 2048], gains));
  const wave = graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b s ch n' }, stems);
  const made = manifest({
    ...{ id, graphs: [{ ...wave, ...written }] },
    stems: { order: [...stems], residual: stems[stems.length - 1] },
  });
  return fromManifest(made, folder);
}

const voice = model('voice', ['vocals', 'other'], [0.25, 0.6]);
const band = model('band', ['beat', 'bass', 'other'], [0.5, 0.25, 0.1]);
const hpss = { kind: 'classic', id: 'hpss', name: '', description: '', stems: [] } as const;

function chain(steps: readonly object[], separators: readonly SingleSeparator[]): ChainSeparatorEntry {
  const recipe = parseChain({ schema: 'unbraid-chain/1', id: 'chain', name: 'Chain', steps });
  const described = { id: 'chain', name: 'Chain', description: '', stems: chainStems(recipe) };
  return { ...described, kind: 'chain', chain: recipe, steps: separators };
}

const song = { separator: 'voice', stems: { order: ['vocals', 'rest'] } };
const parts = {
  ...{ of: 'rest', separator: 'band', names: { drums: 'beat' } },
  stems: { order: ['drums', 'bass', 'other'], residual: 'bass' },
};
const voices = {
  of: 'vocals',
  separator: 'voice',
  stems: { order: ['lead'], residual: 'backing' },
  names: { lead: 'vocals' },
};
const three = chain([song, parts, voices], [voice, band, voice]);

const planes = [noise(50_001, 1), noise(50_001, 2)].map((plane) => plane.map((x) => 0.4 * x));

interface Run extends Partial<SeparateRequest> {
  readonly options?: SeparateOptions;
}

async function run({ options = {}, ...request }: Run): Promise<{
  song: SeparatedSong;
  stems: Record<string, Float32Array[]>;
  dir: string;
}> {
  const engine = new SeparationEngine({ workers: 2 });
  engines.push(engine);
  const dir = join(folder, `run-${counter++}`);
  mkdirSync(dir);
  const source = cacheOf(dir, planes, 44_100);
  const done = await engine.separate(
    {
      ...{ source, channelLayout: 'stereo', separator: three, device: 'cpu', quality: {} },
      ...{ residual: 'fold', tempDir: dir, ...request },
    },
    options,
  );
  return {
    song: done,
    stems: Object.fromEntries(done.stems.map(({ name, ref }) => [name, planesOf(ref)])),
    dir,
  };
}

const gains = { lead: 0.0625, backing: 0.1875, drums: 0.375, bass: 0.3, other: 0.075 };

/** Σ parts, in double precision. */
const sum = (of: readonly Float32Array[][]): Float64Array[] =>
  planes.map((plane, ch) =>
    Float64Array.from(plane, (_, i) => of.reduce((all, part) => all + part[ch][i], 0)),
  );

function expectGains(
  stems: Record<string, Float32Array[]>,
  expected: Readonly<Record<string, number>>,
): void {
  expect(Object.keys(stems)).toEqual(Object.keys(expected));
  for (const [name, gain] of Object.entries(expected)) {
    stems[name].forEach((plane, ch) => {
      const meant = planes[ch].map((x) => gain * x);
      expect(errorDb(plane, meant), name).toBeLessThan(-120);
    });
  }
}

/** The largest difference in units of the last place of full scale. */
function ulps(actual: readonly ArrayLike<number>[], meant: readonly ArrayLike<number>[]): number {
  let most = 0;
  meant.forEach((plane, ch) => {
    for (let i = 0; i < plane.length; i++) most = Math.max(most, Math.abs(actual[ch][i] - plane[i]));
  });
  return most * 2 ** 24;
}

describe('a chain through the inference processes', () => {
  it('separates stems of stems; each step adds up to its parent, all of them to the song', async () => {
    const fractions: number[] = [];
    const { stems, song: done } = await run({ options: { onProgress: (f) => fractions.push(f) } });
    expectGains(stems, gains);
    const parent = (gain: number): Float32Array[] => planes.map((plane) => plane.map((x) => gain * x));
    // The parents are the estimates themselves, exact powers of two of the song here.
    expect(ulps(sum([stems['lead'], stems['backing']]), parent(0.25))).toBeLessThan(1);
    expect(ulps(sum([stems['drums'], stems['bass'], stems['other']]), parent(0.75))).toBeLessThan(1);
    expect(ulps(sum(Object.values(stems)), planes)).toBeLessThan(1);
    expect(done.nullDb).toBeLessThan(-140);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.filter((f) => f > 0.34 && f < 0.65).length).toBeGreaterThan(3);
    done.stems.forEach(({ name, peak }) => {
      const loudest = Math.max(
        ...stems[name].map((plane) => plane.reduce((a, b) => Math.max(a, Math.abs(b)), 0)),
      );
      expect(peak).toBe(loudest);
    });
  });

  it('gives the very samples of the same separations one by one', async () => {
    const steps = [
      { separator: 'hpss', stems: { order: ['percussive', 'tones'] } },
      { of: 'tones', separator: 'voice', stems: { order: ['vocals', 'rest'] } },
    ];
    const { stems } = await run({ separator: chain(steps, [hpss, voice]) });
    const first = await run({ separator: hpss, keep: ['percussive'] });
    const [percussive, tones] = first.song.stems;
    const second = await run({ separator: voice, source: tones.ref, keep: ['vocals'] });
    expect(stems['percussive']).toEqual(planesOf(percussive.ref));
    expect([stems['vocals'], stems['rest']]).toEqual(second.song.stems.map(({ ref }) => planesOf(ref)));
  });

  it('runs only what the wanted stems need; what it does not separate stays whole', async () => {
    const few = await run({ only: ['lead'] });
    expectGains(few.stems, { lead: gains.lead, backing: gains.backing, rest: 0.75 });
    expect(few.song.nullDb).toBeLessThan(-140);
    expect(readdirSync(few.dir).filter((name) => name.startsWith('step-'))).toEqual(['step-1', 'step-3']);
  });

  it('kept stems and one of everything else', async () => {
    const kept = await run({ keep: ['backing'] });
    expectGains(kept.stems, { backing: gains.backing, 'no-backing': 1 - gains.backing });
    expect(readdirSync(kept.dir).filter((name) => name.startsWith('step-'))).toEqual(['step-1', 'step-3']);
    const two = await run({ keep: ['lead', 'drums'] });
    expectGains(two.stems, { lead: gains.lead, drums: gains.drums, rest: 1 - gains.lead - gains.drums });
    expect(ulps(sum(Object.values(two.stems)), planes)).toBeLessThan(1);
  });

  it('keeps on the disk what is still needed, and nothing else', async () => {
    const { song: done, dir } = await run({});
    const caches = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('0.f32'),
    );
    expect(caches.filter((name) => name.startsWith('step-'))).toHaveLength(done.stems.length);
  });

  it('its stems can be read while the last step makes them grow', async () => {
    const seen: { names: string[]; heads: number[] }[] = [];
    let frames = 0;
    let planned: readonly { name: string; ref: Parameters<typeof planesOf>[0] }[] = [];
    await run({
      options: {
        onStems: (stems) => (planned = stems),
        onFinished: (finished) => {
          if (finished <= frames) return;
          frames = finished;
          seen.push({
            names: planned.map(({ name }) => name),
            heads: planned.map(({ ref }) => planesOf(ref)[0][0] / planes[0][0]),
          });
        },
      },
    });
    expect(frames).toBe(planes[0].length);
    expect(seen[0].names).toEqual(Object.keys(gains));
    seen[0].heads.forEach((head, s) => expect(head).toBeCloseTo(Object.values(gains)[s], 4));
  });

  it('is cancelled in a later step', async () => {
    const controller = new AbortController();
    const running = run({
      options: { signal: controller.signal, onProgress: (f) => void (f > 0.4 && controller.abort()) },
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses a policy for the residual that its recipe does not have', async () => {
    await expect(run({ residual: 'spread' })).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});
