import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { CommandArgs } from '../../common/contract/commands.js';
import {
  wandReach,
  type BleedPart,
  type RenderedSelection,
  type SimilarPlace,
} from '../../common/contract/masks.js';
import { applyTemplate } from '../../common/jobs/naming.js';
import { TileMask, maskGrid, type MaskArea } from '../../common/separation/edits/tile-mask.js';
import { removedTrack } from '../../common/separation/edits/edit.js';
import { cutOut } from '../audio/cut-out.js';
import { exportMix } from '../jobs/export-mix.js';
import { templateValues } from '../../common/jobs/template-values.js';
import type { RunOptions, SongRunner } from '../jobs/song-runner.js';
import { runMaskTask } from '../masks/mask-thread.js';
import type { ExportOutcome } from './session-export.js';
import { newHandle } from '../files/handle.js';
import { trackOf, type Session, type Track } from './session.js';
import { makeFolder } from '../files/make-folder.js';

const { nFft, hop } = maskGrid;

/** Frames and bins of the grid that a range and a band of a song cover; the whole song without them. */
function areaOf(
  session: Session,
  { range, band }: Pick<CommandArgs<'pickMask'>, 'range' | 'band'>,
): MaskArea {
  const { frames, sampleRate } = session.song.decoded.ref;
  const [last, bins] = [Math.floor(frames / hop) + 1, nFft / 2 + 1];
  const start = range ? Math.min(last - 1, Math.round(range.start / hop)) : 0;
  const end = range ? Math.max(start + 1, Math.round((range.start + range.count) / hop)) : last;
  const low = band ? Math.min(bins - 1, Math.floor((band.low * nFft) / sampleRate)) : 0;
  const high = band ? Math.max(low + 1, Math.ceil((band.high * nFft) / sampleRate) + 1) : bins;
  return { start, end: Math.min(end, last), low, high: Math.min(high, bins) };
}

/** The stems of a song, and which of them a track is. Throws `invalid-argument` for one that is not a stem. */
function stemsOf(
  session: Session,
  track: string,
): { readonly stems: readonly Track[]; readonly stem: number } {
  const stems = session.state.tracks.filter(({ kind, id }) => kind === 'stem' && id !== removedTrack);
  const stem = stems.findIndex(({ id }) => id === track);
  if (stem >= 0) return { stems, stem };
  throw new UnbraidError('invalid-argument', `"${track}" is not a stem`, {
    hint: 'Separate the song, then choose one of its stems.',
  });
}

/** A mask found in the sound, as bytes; empty where nothing fits. Throws `invalid-argument`, `cancelled`. */
export async function pickMask(
  session: Session,
  request: Omit<CommandArgs<'pickMask'>, 'job' | 'session'>,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  session.refuseWhileRunning('Try again when the separation is done.');
  const { pick } = request;
  const area = areaOf(session, request);
  const { ref } = trackOf(session, pick.track);
  if (pick.kind === 'stem') {
    const { stems, stem } = stemsOf(session, pick.track);
    const refs = stems.map((track) => track.ref);
    return runMaskTask('stem', { refs, stem, share: pick.share, area }, signal);
  }
  if (pick.kind === 'overtones') {
    const maskFile = session.edits.maskFile(pick.mask);
    return runMaskTask('overtones', { ref, maskFile, count: pick.count }, signal);
  }
  const seed = {
    frame: Math.round(pick.frame / hop),
    bin: Math.round((pick.hertz * nFft) / ref.sampleRate),
    below: pick.below,
  };
  const reach = Math.ceil((wandReach * ref.sampleRate) / hop);
  const near = {
    ...area,
    start: Math.max(area.start, seed.frame - reach),
    end: Math.min(area.end, seed.frame + reach + 1),
  };
  const within = seed.frame >= near.start && seed.frame < near.end;
  if (!within || seed.bin < near.low || seed.bin >= near.high) return new TileMask(maskGrid).encode();
  return runMaskTask('wand', { ref, seed, area: near }, signal);
}

/** What of a stem the others dominate, a mask each. Throws `invalid-argument` and `cancelled`. */
export async function findBleed(
  session: Session,
  { track, mask, amount }: Omit<CommandArgs<'findBleed'>, 'job' | 'session'>,
  signal?: AbortSignal,
): Promise<BleedPart[]> {
  session.refuseWhileRunning('Try again when the separation is done.');
  const { stems, stem } = stemsOf(session, track);
  const task = { refs: stems.map(({ ref }) => ref), maskFile: session.edits.maskFile(mask) };
  const masks = await runMaskTask('bleed', { ...task, how: { stem, amount } }, signal);
  return masks.flatMap((bytes, i) =>
    bytes ? [{ track: stems[i].id, mask: session.edits.addMask(bytes) }] : [],
  );
}

/** Most places that are looked for. */
const mostSimilar = 200;

/**
 * Places of a track that are like what a mask covers. Throws `invalid-argument`, `too-large` for a mask that is longer than
 * `wandReach`, and `cancelled`.
 */
export async function findSimilar(
  session: Session,
  { track, mask, least }: Omit<CommandArgs<'findSimilar'>, 'job' | 'session'>,
  signal?: AbortSignal,
): Promise<SimilarPlace[]> {
  session.refuseWhileRunning('Try again when the separation is done.');
  // What an edit has taken out already is still what others are compared with.
  const ref = session.edits.unedited(track) ?? trackOf(session, track).ref;
  const maskFile = session.edits.maskFile(mask);
  const how = { least, most: mostSimilar, longest: Math.ceil((wandReach * ref.sampleRate) / hop) };
  const matches = await runMaskTask('similar', { ref, maskFile, how }, signal);
  return matches.map(({ later, score }) => ({ later: later * hop, score }));
}

type PartRequest = Omit<CommandArgs<'renderSelection'>, 'job' | 'session'>;

/** Renders what an edit would take out of a track, for `/pcm`. Throws `invalid-argument`, `cancelled`, `disk-full`. */
export async function renderSelection(
  session: Session,
  { track, mask, strength, phase }: PartRequest,
  signal?: AbortSignal,
): Promise<RenderedSelection> {
  session.refuseWhileRunning('Try again when the separation is done.');
  const { ref, kind } = trackOf(session, track);
  const maskFile = session.edits.maskFile(mask);
  const id = newHandle();
  const dir = join(session.song.dir, 'heard', id);
  try {
    const { start, count, peak } = await runMaskTask(
      'render',
      { ref, maskFile, strength, phase, dir },
      signal,
    );
    const { channels, sampleRate, frames } = ref;
    const before = session.state.heard;
    session.replace({
      heard: { id, name: track, kind, peak, ref: { dir, channels, sampleRate, frames } },
    });
    if (before) session.dropFolders([before.ref.dir]);
    return { track: id, start, count, peak };
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

/** The same as a file in `dir`, named by the track and "selection". Throws what rendering and encoding throw. */
export async function exportSelection(
  runner: SongRunner,
  session: Session,
  request: Omit<CommandArgs<'exportSelection'>, 'job' | 'session'>,
  dir: string,
  options: RunOptions = {},
): Promise<ExportOutcome> {
  session.refuseWhileRunning('Try again when the separation is done.');
  const { settings, mask, strength, phase } = request;
  const { info, name, song } = session;
  if (settings.format.startsWith('stem.'))
    throw new UnbraidError('invalid-argument', 'A selection is one file, not a stem file', {
      hint: 'Choose another format.',
    });
  const track = trackOf(session, request.track);
  const maskFile = session.edits.maskFile(mask);
  const work = join(dir, 'work');
  makeFolder(work);
  try {
    const whole = join(work, 'whole');
    const task = { ref: track.ref, maskFile, strength, phase, dir: whole };
    const part = await runMaskTask('render', task, options.signal);
    const { channels, sampleRate, frames } = track.ref;
    const ref = cutOut({ dir: whole, channels, sampleRate, frames }, part, join(work, 'cut'));
    const label = `${track.name} selection`;
    const values = { ...templateValues(info.tags, name, settings.model, settings.format), stem: label };
    const fileName = applyTemplate(settings.template, values).at(-1)!;
    const path = join(dir, fileName);
    const mix = await exportMix(
      runner.writer,
      {
        ...{ info, name, settings, path, label, mixer: {}, format: settings.format },
        stems: [{ name: track.name, peak: part.peak, ref }],
        coverFrom: song.path,
        cacheDir: work,
        seed: parseInt(song.content.sha256.slice(0, 8), 16),
      },
      options,
    );
    const files = [{ name: fileName, path, bytes: mix.bytes }];
    return { files, gainDb: mix.gainDb, writtenNullDb: null, warnings: mix.warnings };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
