import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { Slots } from '../../common/base/slots.js';
import { applyTemplate, defaultTemplate } from '../../common/jobs/naming.js';
import { ProgressMeter, type JobPhase } from '../../common/jobs/progress.js';
import { maskShape, maskSide, readSide } from '../../common/separation/edits/mask-shape.js';
import type { RunOptions } from '../jobs/song-runner.js';
import { runMaskTask } from '../masks/mask-thread.js';
import type { ExportedPath, ExportOutcome } from './session-export.js';
import type { Session } from './session.js';
import { makeFolder } from '../files/make-folder.js';

/** Longest side file that is read, bytes. */
const maxSideBytes = 1 << 20;

type Side = Parameters<typeof maskSide>[1];

/** Up to so many bytes a mask is taken in at once, because a thread would take longer to start. */
const smallMask = 1 << 20;

/** One at a time: together they would need the memory of all (P23). */
const taking = new Slots(1);

/**
 * Takes in a mask that a page has sent, from the file that it lies in, and answers its hash.
 * Throws `invalid-argument` for bytes that are not a mask.
 */
export function takeSentMask({ edits, closed }: Session, path: string): Promise<string> {
  return taking.run(async () => {
    if ((await stat(path)).size <= smallMask) return edits.addMask(await readFile(path));
    return edits.keepMask(await runMaskTask('take', { path, dir: edits.maskDir }, closed));
  }, closed);
}

/** A name like those of exported stems: "song [selection mask].npy". */
function nameOf(session: Session, what: string, ext: string): string {
  return applyTemplate(defaultTemplate, { name: session.name, stem: `${what} mask`, ext }).at(-1)!;
}

function songOf({ name, song }: Session): Parameters<typeof maskSide>[0] {
  const { frames, sampleRate } = song.decoded.ref;
  return { name, sampleRate, samples: frames };
}

function writeSide(session: Session, path: string, side: Side): void {
  try {
    writeFileSync(path, `${JSON.stringify(maskSide(songOf(session), side), null, 2)}\n`, { flag: 'wx' });
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}

/** Tells the shares of one phase as seconds of the song. */
function shares(session: Session, phase: JobPhase, { onProgress }: RunOptions): (share: number) => void {
  const { frames, sampleRate } = session.song.decoded.ref;
  const meter = new ProgressMeter(() => performance.now() / 1000);
  const seconds = frames / sampleRate;
  return (share) => onProgress?.(meter.update(phase, share * seconds, seconds));
}

/** Makes files in a new folder, which is deleted when anything fails or is cancelled. */
async function filling(dir: string, work: () => Promise<readonly string[]>): Promise<ExportOutcome> {
  makeFolder(dir);
  try {
    return outcomeOf(dir, await work());
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

function outcomeOf(dir: string, names: readonly string[]): ExportOutcome {
  const files = names.map((name): ExportedPath => {
    const path = join(dir, name);
    return { name, path, bytes: statSync(path).size };
  });
  return { files, gainDb: 0, writtenNullDb: null, warnings: [] };
}

/**
 * Writes a mask into the new folder `dir` as .npy or 16-bit .png, and a side file. Throws `too-large`, system errors
 * like `disk-full`, and `cancelled`; then the folder is deleted.
 */
export function exportMask(
  session: Session,
  { mask, format }: { readonly mask: string; readonly format: 'npy' | 'png' },
  dir: string,
  options: RunOptions = {},
): Promise<ExportOutcome> {
  return filling(dir, async () => {
    const maskFile = session.edits.maskFile(mask);
    const shape = maskShape(session.song.decoded.ref.frames);
    const names = [nameOf(session, 'selection', format), nameOf(session, 'selection', 'json')];
    const task = { maskFile, path: join(dir, names[0]), format, shape };
    await runMaskTask('write', task, options.signal, shares(session, 'write', options));
    const side: Side =
      format === 'npy'
        ? { stem: null, axes: ['frames', 'bins'], type: '<f4', range: [0, 1] }
        : { stem: null, axes: ['bins', 'frames'], type: 'uint16', range: [0, 65535] };
    writeSide(session, join(dir, names[1]), side);
    return names;
  });
}

/** Writes each stem's share of the magnitudes into `dir` as .npy, with side files. Throws as `exportMask`. */
export function exportStemMasks(
  session: Session,
  dir: string,
  options: RunOptions = {},
): Promise<ExportOutcome> {
  return filling(dir, async () => {
    const stems = session.state.tracks.filter(({ kind }) => kind === 'stem');
    if (stems.length === 0)
      throw new UnbraidError('invalid-argument', 'The song has no stems yet', { hint: 'Separate it first.' });
    const names = stems.map(({ name }) => nameOf(session, name, 'npy'));
    if (new Set(names).size < names.length)
      throw new UnbraidError('invalid-argument', 'Two stems have names that give the same file name');
    const shape = maskShape(session.song.decoded.ref.frames);
    const task = { refs: stems.map(({ ref }) => ref), paths: names.map((name) => join(dir, name)), shape };
    await runMaskTask('stems', task, options.signal, shares(session, 'write', options));
    const sides = stems.map(({ name }) => {
      const side = nameOf(session, name, 'json');
      const file: Side = { stem: name, axes: ['frames', 'bins'], type: '<f4', range: [0, 1] };
      writeSide(session, join(dir, side), file);
      return side;
    });
    return [...names, ...sides];
  });
}

/**
 * A mask out of a file, as bytes, converted to the song's STFT from the one that a side file describes. Throws
 * `unsupported-format` and `invalid-argument`, saying what was expected and what was found, and `cancelled`.
 */
export async function importMask(
  session: Session,
  { path, side }: { readonly path: string; readonly side: string | null },
  options: RunOptions = {},
): Promise<Uint8Array> {
  const { frames: samples, sampleRate } = session.song.decoded.ref;
  if (side !== null && statSync(side).size > maxSideBytes)
    throw new UnbraidError('too-large', 'The .json file beside the mask is too large');
  const grid = side === null ? null : readSide(readFileSync(side, 'utf8'));
  const task = { path, song: { samples, sampleRate }, grid };
  return runMaskTask('read', task, options.signal, shares(session, 'read', options));
}
