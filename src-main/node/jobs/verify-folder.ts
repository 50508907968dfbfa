import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { isAudioName } from '../../common/jobs/audio-names.js';
import { isLossless, sidecarEnding, type Sidecar } from '../../common/jobs/sidecar.js';
import {
  summariseSets,
  type SourceVerdict,
  type VerifiedSet,
  type VerifyReport,
} from '../../common/jobs/verification.js';
import { CodecClient } from '../audio/codec-client.js';
import type { ProcessSpawner } from '../process/spawner.js';
import { readSidecar } from './sidecar.js';
import { SourceFiles, chooseSource, rangeOf } from './verify-source.js';
import { outputsOf, verifyFile, type FoundStem } from './verify-files.js';

/** A lossy or float sum may differ by this much, dB: decoders round differently from one release to the next. */
const toleranceDb = 0.5;
const exactDb = -999;

export interface VerifyFolderOptions {
  readonly spawner: ProcessSpawner;
  readonly signal?: AbortSignal;
  /** A file, or a folder of sources; without it only the files are compared. */
  readonly source?: string | undefined;
  readonly onSet?: (set: VerifiedSet) => void;
}

/**
 * Proves again, from the sidecars in a folder and below it, that the stems add up to their sources. One set costs one
 * item, whatever is wrong with it.
 *
 * @throws file-not-found where there is no folder, or no sidecar in it; cancelled
 */
export async function verifyFolder(root: string, options: VerifyFolderOptions): Promise<VerifyReport> {
  const { signal, onSet } = options;
  const { sidecars, audio } = listed(root);
  if (sidecars.length === 0)
    throw new UnbraidError('file-not-found', `There is no sidecar (*${sidecarEnding}) here`, {
      file: root,
      hint: 'Name the folder that stems were written to.',
    });
  const sources = new SourceFiles(options.source, sidecars.length === 1);
  const codec = new CodecClient(options.spawner);
  const known = new Set<string>();
  const folders = new Set<string>();
  const sets: VerifiedSet[] = [];
  try {
    for (const path of sidecars) {
      if (signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled');
      sets.push(await verifySet(codec, path, sources, { known, folders, signal }));
      onSet?.(sets.at(-1)!);
    }
  } finally {
    codec.dispose();
  }
  const extra = audio.filter((path) => folders.has(dirname(path)) && !known.has(path));
  return { sets, extra, summary: summariseSets(sets) };
}

/** The sidecars and the audio files below a folder; links are not followed, hidden folders not entered. */
function listed(root: string): { sidecars: string[]; audio: string[] } {
  const sidecars: string[] = [];
  const audio: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.')) visit(path);
      else if (entry.name.endsWith(sidecarEnding)) sidecars.push(path);
      else if (entry.isFile() && isAudioName(entry.name)) audio.push(path);
    }
  };
  try {
    if (!statSync(root).isDirectory()) return { sidecars: [root], audio };
    visit(root);
  } catch (error) {
    throw toUnbraidError(error, root);
  }
  return { sidecars: sidecars.sort(), audio: audio.sort() };
}

interface Seen {
  /** Every file that a set names, and the folders they are in. */
  readonly known: Set<string>;
  readonly folders: Set<string>;
  readonly signal: AbortSignal | undefined;
}

async function verifySet(
  codec: CodecClient,
  path: string,
  sources: SourceFiles,
  { known, folders, signal }: Seen,
): Promise<VerifiedSet> {
  const folder = dirname(path);
  try {
    const sidecar = readSidecar(path);
    const found: FoundStem[] = [];
    for (const said of sidecar.files) {
      const stem = await verifyFile(codec, folder, said, signal);
      found.push(stem);
      const place = join(folder, ...said.file.split('/'));
      for (const file of [place, ...(stem.path === null ? [] : [stem.path])]) {
        known.add(file);
        folders.add(dirname(file));
      }
    }
    return await judge(codec, path, { sidecar, found }, sources, signal);
  } catch (error) {
    const typed = toUnbraidError(error, path);
    if (typed.code === 'cancelled') throw typed;
    return {
      ...{ sidecar: path, verdict: 'refused', source: null, sourceVerdict: 'not-given', files: [] },
      ...{ engineDb: null, writtenDb: null, measuredDb: null, lossless: false, error: typed.toWire() },
    };
  }
}

interface FoundSet {
  readonly sidecar: Sidecar;
  readonly found: readonly FoundStem[];
}

interface Measured {
  readonly sourceVerdict: SourceVerdict;
  readonly measuredDb: number | null;
}

async function judge(
  codec: CodecClient,
  path: string,
  set: FoundSet,
  sources: SourceFiles,
  signal: AbortSignal | undefined,
): Promise<VerifiedSet> {
  const { sidecar, found } = set;
  const { whole } = sidecar;
  const { engineDb, filesDb: writtenDb } = sidecar.null;
  const heard = await measure(codec, set, sources, signal);
  const { sourceVerdict, measuredDb } = heard;
  const asWritten = found.every(({ verified }) =>
    ['unchanged', 'retagged', 'moved'].includes(verified.verdict),
  );
  const bad = sourceVerdict === 'other' || sourceVerdict === 'damaged';
  const limit = writtenDb === exactDb ? exactDb : (writtenDb ?? 0) + toleranceDb;
  const worse = whole && measuredDb !== null && measuredDb > limit;
  const proved = whole && measuredDb !== null;
  const verdict = !asWritten || bad || worse ? 'broken' : proved ? 'proved' : 'unchanged';
  return {
    ...{ sidecar: path, verdict, source: sidecar.source.name, sourceVerdict },
    files: found.map(({ verified }) => verified),
    ...{ engineDb, writtenDb, measuredDb, lossless: isLossless(sidecar), error: null },
  };
}

/** How well the files add up now: to the source, or without it to the digest of an exact sum. Throws `cancelled`. */
async function measure(
  codec: CodecClient,
  { sidecar, found }: FoundSet,
  sources: SourceFiles,
  signal: AbortSignal | undefined,
): Promise<Measured> {
  const { source, sourceVerdict } = await chooseSource(codec, sidecar, sources, signal);
  const readable = found.every(({ path }) => path !== null);
  const { gain, whole } = sidecar;
  if (!whole || !readable) return { sourceVerdict, measuredDb: null };
  const outputs = sidecar.files.flatMap((said, i) => outputsOf(said, found[i].path!));
  const call = signal ? { signal } : {};
  try {
    const range = source === null ? null : rangeOf(sidecar, source);
    const { nullDb, sumPcm } = await codec.verify({ source: range, gain, outputs, sum: true }, call);
    // Without the source: a sum that has its very samples is exact.
    const exact = gain === 1 && sumPcm === sidecar.source.pcmSha256;
    return { sourceVerdict, measuredDb: nullDb ?? (exact ? exactDb : null) };
  } catch (error) {
    const typed = toUnbraidError(error);
    if (typed.code === 'cancelled') throw typed;
    return { sourceVerdict, measuredDb: null };
  }
}
