import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Scope } from '../../common/base/disposal.js';
import { UnbraidError } from '../../common/base/errors.js';
import { withoutSums } from '../../common/jobs/comparison.js';
import type { Oracle } from '../../common/jobs/evaluation.js';
import { ProgressMeter } from '../../common/jobs/progress.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import {
  conserve,
  leftOver,
  nullDb,
  planStems,
  type StemPlan,
} from '../../common/separation/conservation.js';
import { PcmReader, PcmWriter, type PcmCacheRef } from '../audio/pcm-cache.js';
import { hashText } from '../files/content-hash.js';
import { makeFolder } from '../files/make-folder.js';
import type { SeparatedSong } from '../inference/separation.js';
import { scoreInThread } from './score-thread.js';
import type { PreparedSong, RunOptions, SongRunner } from './song-runner.js';
import { decodeStems, type SongFiles } from './stem-folders.js';

/** What makes the stems of a song from its true ones, in place of a separator. */
export interface OracleOrder {
  readonly kind: Oracle;
  readonly truth: SongFiles;
}

/** What an oracle is called where a separator's id stands. */
export const oracleId = (kind: Oracle): string => `oracle-${kind}`;

/** The true stems, without sums of others among them, in their order. */
const namesOf = ({ stems }: SongFiles): readonly string[] => withoutSums([...stems.keys()]);

/** Settings of separators that an oracle would leave undone, and their options on the command line. */
const ofSeparators = {
  ...{ overlap: '--overlap', shifts: '--shifts', segment: '--segment', averaging: '--average' },
} as const satisfies Partial<Record<keyof SeparationSettings, string>>;

/** Throws `invalid-argument` for settings that mean nothing to an oracle, so that none of them is passed over in silence. */
function checkSettings(settings: SeparationSettings): void {
  const refuse = (message: string, hint: string): never => {
    throw new UnbraidError('invalid-argument', message, { hint });
  };
  if (settings.twoStem !== undefined || settings.clean !== undefined)
    refuse(
      'An oracle gives its true stems, neither two nor cleaner ones',
      'Leave --two-stems, --clean and --shape out.',
    );
  if (settings.phase !== undefined)
    refuse(
      'An oracle has phases already',
      'Leave --phase out; --oracle fgla and --oracle misi look for phases of true magnitudes.',
    );
  // 0 turns off what a model brings: an oracle brings none.
  if ((settings.wiener ?? 0) > 0)
    refuse(
      'An oracle has its masks from true stems: no Wiener filter comes after them',
      'Leave --wiener out; --oracle mwf is the Wiener filter made with true stems.',
    );
  for (const [name, option] of Object.entries(ofSeparators)) {
    if (settings[name as keyof typeof ofSeparators] === undefined) continue;
    refuse(`An oracle takes the place of a model, which "${name}" belongs to`, `Leave ${option} out.`);
  }
}

/**
 * How the estimates become stems: what none takes goes to `other` or the like, else to the last but the vocals. Throws
 * `invalid-argument` for settings that mean nothing to an oracle.
 */
export function oraclePlan({ truth }: OracleOrder, settings: SeparationSettings): StemPlan {
  const names = namesOf(truth);
  checkSettings(settings);
  const rest =
    ['other', 'accompaniment', 'instrumental'].find((name) => names.includes(name)) ??
    names.findLast((name) => name !== 'vocals') ??
    names[0];
  return planStems(names, rest, settings.residual);
}

/** Says which oracle of which files this is, for the record of what was made. */
export function oracleKey({ kind, truth }: OracleOrder): string {
  const files = [...truth.stems].map(([name, path]) => {
    const { size, mtimeMs } = statSync(path);
    return [name, truth.tracks?.get(name) ?? null, path, size, mtimeMs];
  });
  return hashText(JSON.stringify([kind, files]));
}

const block = 1 << 16;

/**
 * Masks made with the true stems of a song, applied to the song: what a perfect separator of their kind would give. What the
 * song has beside its true stems competes with them; the stems add up to the song. Throws `invalid-argument` for stems of
 * another rate, length or song, `cancelled`, and what reading throws.
 */
export async function oracleStems(
  runner: SongRunner,
  song: Pick<PreparedSong, 'path' | 'decoded'>,
  order: OracleOrder,
  settings: SeparationSettings,
  dir: string,
  options: RunOptions = {},
): Promise<SeparatedSong> {
  const began = performance.now();
  const source = song.decoded.ref;
  const plan = oraclePlan(order, settings);
  const names = namesOf(order.truth);
  const seconds = source.frames / source.sampleRate;
  const meter = new ProgressMeter(() => performance.now() / 1000);
  const tell = (fraction: number): void =>
    options.onProgress?.(meter.update('separate', fraction * seconds, seconds));
  tell(0);
  const { refs } = await decodeStems(runner, order.truth, names, join(dir, 'truth'), options);
  for (const [i, ref] of refs.entries()) checkAlike(source, ref, order.truth.stems.get(names[i])!);
  const truths = refs.map((ref) => ({ ...ref, frames: source.frames }));
  const folder = dirname(order.truth.stems.get(names[0])!);
  const rest = await restOf(source, truths, join(dir, 'unknown'), folder, options.signal);
  const made = join(dir, 'oracle');
  makeFolder(made);
  const references = rest ? [...truths, rest] : truths;
  await scoreInThread(
    { references, method: { kind: order.kind }, groups: [], dir: made },
    options.signal,
    (x) =>
      // Without scores the oracle is the thread's first three tenths.
      tell(0.9 * Math.min(1, x / 0.3)),
  );
  const estimates = names.map((_, s) => ({ ...source, dir: join(made, `${s}`) }));
  const stems = await conserved(source, estimates, plan, join(dir, 'stems'), options.signal);
  tell(1);
  return { ...stems, provider: 'cpu', warnings: [], workSeconds: (performance.now() - began) / 1000 };
}

/** Seconds by which a stem may be longer or shorter than its song: encoders add some, and silent ends are cut. */
const slack = 0.2;

function checkAlike(source: PcmCacheRef, stem: PcmCacheRef, file: string): void {
  if (stem.sampleRate !== source.sampleRate || stem.channels !== source.channels)
    throw new UnbraidError('invalid-argument', 'The true stems differ from the song in rate or channels', {
      file,
      hint: `Convert them to ${source.sampleRate} Hz and ${source.channels} channels.`,
    });
  if (Math.abs(stem.frames - source.frames) <= slack * source.sampleRate) return;
  const [own, whole] = [stem, source].map(({ frames }) => (frames / source.sampleRate).toFixed(1));
  throw new UnbraidError('invalid-argument', `This stem lasts ${own} s, the song ${whole} s`, {
    file,
    hint: 'Name the folder with the true stems of this very song.',
  });
}

/** Parts leave less of a song than it has; other stems are added to it. 10 % are for stems that are mixed as opposites. */
const added = 1.1;

/** What lies below this part of the song's energy, −60 dB, is rounding and resampling. */
const nothing = 1e-6;

/** The song without its true stems; undefined where nothing is left. Throws `invalid-argument` for stems of another song. */
async function restOf(
  source: PcmCacheRef,
  truths: readonly PcmCacheRef[],
  dir: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<PcmCacheRef | undefined> {
  const writer = new PcmWriter(dir, source.channels, source.sampleRate);
  let [energy, all] = [0, 0];
  try {
    await eachBlock(source, truths, signal, (mix, stems, count) => {
      const left = mix.map(() => new Float32Array(count));
      leftOver(mix, stems, left, 0, count);
      for (const plane of left) for (const x of plane) energy += x * x;
      for (const plane of mix) for (const x of plane) all += x * x;
      writer.append(left, count);
    });
    if (energy > added * all)
      throw new UnbraidError('invalid-argument', 'These true stems are not parts of this song', {
        file: folder,
        hint: 'Without them it is louder than with them: name the folder of that song’s stems, at their levels in it.',
      });
    return energy > nothing * all ? writer.ref() : undefined;
  } finally {
    writer.dispose();
  }
}

/** Estimates as stems that add up to the source. */
async function conserved(
  source: PcmCacheRef,
  estimates: readonly PcmCacheRef[],
  plan: StemPlan,
  dir: string,
  signal: AbortSignal | undefined,
): Promise<Pick<SeparatedSong, 'stems' | 'nullDb'>> {
  const { channels, sampleRate } = source;
  const writers = plan.complete.map((_, s) => new PcmWriter(join(dir, `${s}`), channels, sampleRate));
  const sums = { errorEnergy: 0, sourceEnergy: 0 };
  const peaks = plan.complete.map(() => 0);
  try {
    await eachBlock(source, estimates, signal, (mix, planes, count) => {
      const extra = plan.complete.slice(planes.length).map(() => mix.map(() => new Float32Array(count)));
      const complete = [...planes, ...extra];
      const checked = conserve(plan, mix, complete, 0, count);
      sums.errorEnergy += checked.errorEnergy;
      sums.sourceEnergy += checked.sourceEnergy;
      checked.peaks.forEach((peak, s) => (peaks[s] = Math.max(peaks[s], peak)));
      writers.forEach((writer, s) => writer.append(complete[s], count));
    });
    const stems = plan.complete.map((name, s) => ({ name, ref: writers[s].ref(), peak: peaks[s] }));
    return { stems, nullDb: nullDb(sums) };
  } finally {
    for (const writer of writers) writer.dispose();
  }
}

/** Reads a song and caches of its length, block by block; planes are `[channels][count]`, and new each time. */
async function eachBlock(
  source: PcmCacheRef,
  caches: readonly PcmCacheRef[],
  signal: AbortSignal | undefined,
  visit: (mix: Float32Array[], planes: Float32Array[][], count: number) => void,
): Promise<void> {
  const scope = new Scope();
  try {
    const readers = [source, ...caches].map((ref) => scope.add(new PcmReader(ref)));
    for (let at = 0; at < source.frames; at += block) {
      if (signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
      const count = Math.min(block, source.frames - at);
      const [mix, ...planes] = readers.map((reader) => {
        const read = Array.from({ length: source.channels }, () => new Float32Array(count));
        reader.read(at, count, read);
        return read;
      });
      visit(mix, planes, count);
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    await scope.dispose();
  }
}
