import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { applyTemplate, defaultTemplate } from '../../common/jobs/naming.js';
import { checkSide, maskShape, maskSide } from '../../common/separation/edits/mask-shape.js';
import { runMaskTask } from './mask-thread.js';
import type { ExportedPath, ExportOutcome } from './session-export.js';
import type { Session } from './session-store.js';

/** Longest side file that is read, bytes. */
const maxSideBytes = 1 << 20;

type Side = Parameters<typeof maskSide>[1];

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

function outcomeOf(dir: string, names: readonly string[]): ExportOutcome {
  const files = names.map((name): ExportedPath => {
    const path = join(dir, name);
    return { name, path, bytes: statSync(path).size };
  });
  return { files, gainDb: 0, writtenNullDb: null, warnings: [] };
}

/** Writes a mask into `dir` as .npy or 16-bit .png, and a side file. Throws `too-large`, `disk-full` and their like. */
export async function exportMask(
  session: Session,
  { mask, format }: { readonly mask: string; readonly format: 'npy' | 'png' },
  dir: string,
  signal?: AbortSignal,
): Promise<ExportOutcome> {
  const maskFile = session.edits.maskFile(mask);
  const shape = maskShape(session.song.decoded.ref.frames);
  const names = [nameOf(session, 'selection', format), nameOf(session, 'selection', 'json')];
  mkdirSync(dir, { recursive: true });
  await runMaskTask('write', { maskFile, path: join(dir, names[0]), format, shape }, signal);
  const side: Side =
    format === 'npy'
      ? { stem: null, axes: ['frames', 'bins'], type: '<f4', range: [0, 1] }
      : { stem: null, axes: ['bins', 'frames'], type: 'uint16', range: [0, 65535] };
  writeSide(session, join(dir, names[1]), side);
  return outcomeOf(dir, names);
}

/** Writes each stem's share of the magnitudes into `dir` as .npy, with side files. Throws as `exportMask`. */
export async function exportStemMasks(
  session: Session,
  dir: string,
  signal?: AbortSignal,
): Promise<ExportOutcome> {
  const stems = session.tracks.filter(({ kind }) => kind === 'stem');
  if (stems.length === 0)
    throw new UnbraidError('invalid-argument', 'The song has no stems yet', { hint: 'Separate it first.' });
  const names = stems.map(({ name }) => nameOf(session, name, 'npy'));
  if (new Set(names).size < names.length)
    throw new UnbraidError('invalid-argument', 'Two stems have names that make one file name');
  mkdirSync(dir, { recursive: true });
  const shape = maskShape(session.song.decoded.ref.frames);
  const paths = names.map((name) => join(dir, name));
  await runMaskTask('stems', { refs: stems.map(({ ref }) => ref), paths, shape }, signal);
  const sides = stems.map(({ name }) => {
    const side = nameOf(session, name, 'json');
    writeSide(session, join(dir, side), { stem: name, axes: ['frames', 'bins'], type: '<f4', range: [0, 1] });
    return side;
  });
  return outcomeOf(dir, [...names, ...sides]);
}

/**
 * A mask out of a file, as bytes; a side file beside it is checked first. Throws `unsupported-format` and
 * `invalid-argument`, saying what was expected and what was found.
 */
export async function importMask(
  session: Session,
  { path, side }: { readonly path: string; readonly side: string | null },
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { frames, sampleRate } = session.song.decoded.ref;
  if (side !== null) {
    if (statSync(side).size > maxSideBytes)
      throw new UnbraidError('too-large', 'The file beside the mask is too long for its JSON');
    checkSide(readFileSync(side, 'utf8'), sampleRate);
  }
  return runMaskTask('read', { path, shape: maskShape(frames) }, signal);
}
