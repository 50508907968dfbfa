import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { dbToGain, gainToDb } from '../../common/base/units.js';
import { ProgressMeter, type Progress } from '../../common/jobs/progress.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import type { CodecClient } from '../audio/codec-client.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import type { AudioInfo, EncodeOutput, SampleFormat } from '../audio/types.js';
import { endingOf } from '../../common/jobs/formats.js';
import { stemTargets, templateValues } from '../../common/jobs/template-values.js';
import { commonGain, sampleFormat, stemTags } from './export-plan.js';
import type { StagedFile } from './output-folder.js';
import { verifyWritten, type MeantTrack, type WrittenTrack } from './verify-written.js';

export interface ExportStem {
  readonly name: string;
  readonly ref: PcmCacheRef;
  readonly peak: number;
}

export interface ExportRequest {
  readonly source: PcmCacheRef;
  /** Largest magnitude of the source: the master of a stem file must not clip either. */
  readonly sourcePeak?: number;
  readonly sourcePath: string;
  readonly info: AudioInfo;
  /** The song's name for templates. */
  readonly name: string;
  /** The complete set, whose sum is the source. */
  readonly stems: readonly ExportStem[];
  readonly settings: SeparationSettings;
  readonly stagingDir: string;
  /** Seeds the dither; the same seed gives the same bytes. */
  readonly seed: number;
  /** The id of the set, 32 hexadecimal digits, which the files carry. */
  readonly id: string;
  /** Given where the stems are not all of the song: nothing is said of what they add up to. */
  readonly whole?: false;
}

export interface ExportedFile extends StagedFile {
  readonly stem: string;
  readonly bytes: number;
  readonly peak: number;
  /** Null for lossy files. */
  readonly sample: SampleFormat | null;
  readonly rate: number;
  readonly channels: number;
  readonly frames: number;
  readonly tracks: readonly WrittenTrack[];
}

export interface ExportResult {
  readonly files: readonly ExportedFile[];
  /** The one gain of all outputs, dB; 0 when nothing was changed. */
  readonly gainDb: number;
  readonly gain: number;
  /** The null test made on the files as written and read back; null where they are not the whole set. */
  readonly writtenNullDb: number | null;
  readonly whole: boolean;
  /** Digest of the source's samples, see `PcmDigest`. */
  readonly sourcePcm: string;
  readonly warnings: readonly string[];
}

/** Colours of .stem.mp4 parts as the format's creator tool suggests them. */
const stemColors: Readonly<Record<string, string>> = {
  drums: '#009E73',
  bass: '#D55E00',
  other: '#CC79A7',
  vocals: '#56B4E9',
};

/** Parts in the order players expect: drums, bass, other, vocals; unknown ones keep their places. */
const stemFileOrder = ['drums', 'bass', 'other', 'vocals'];

/** The stems the user wants. Throws `invalid-argument` for a name that does not exist. */
export function chosenStems<T extends { readonly name: string }>(
  stems: readonly T[],
  wanted: readonly string[] | undefined,
): T[] {
  if (!wanted) return [...stems];
  return wanted.map((name) => {
    const found = stems.find((stem) => stem.name === name);
    if (found) return found;
    throw new UnbraidError('invalid-argument', `There is no stem "${name}"`, {
      hint: `The stems are ${stems.map((stem) => stem.name).join(', ')}.`,
    });
  });
}

/** Where the stems of a song go, relative to the output folder: the same before and after the work. */
export function targetsOf(
  names: readonly string[],
  info: AudioInfo,
  name: string,
  settings: SeparationSettings,
): string[][] {
  const values = templateValues(info.tags, name, settings.model, settings.format);
  return stemTargets(settings.template, values, names, settings.format);
}

/** Encodes a set of stems into the staging folder, and reads everything back. */
export async function exportStems(
  codec: CodecClient,
  request: ExportRequest,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: Progress) => void } = {},
): Promise<ExportResult> {
  const { settings, info, stems } = request;
  const call = options.signal ? { signal: options.signal } : {};
  const chosen = chosenStems(stems, settings.stems);
  const sample = sampleFormat(settings.format, settings.depth, info);
  const wanted = await loudnessGain(codec, request.source, settings, call);
  const isStemFile = settings.format.startsWith('stem.');
  const peaks = (isStemFile ? stems : chosen).map((stem) => stem.peak);
  const { gain, warning } = commonGain(
    isStemFile ? [request.sourcePeak ?? 0, ...peaks] : peaks,
    wanted,
    sample,
  );
  const names = chosen.map((stem) => stem.name);
  const targets = targetsOf(names, info, request.name, settings);
  const outputs = isStemFile
    ? [stemFile(request, gain, sample)]
    : chosen.map((stem, i) => plainFile(request, stem, i, gain, sample));
  const whole = request.whole !== false && (isStemFile || chosen.length === stems.length);
  const meter = new ProgressMeter(() => performance.now() / 1000);
  const total = request.source.frames / request.source.sampleRate;
  const conserve = { source: request.source, gain, balance: balanceIndex(chosen) };
  const encoded = await codec.encodeSet(
    {
      outputs: outputs.map((output) => ({ ...output, setId: request.id })),
      dither: sample === 's16' ? 'tpdf' : 'none',
      seed: request.seed,
      ...(whole && outputs.length > 1 && { conserve }),
    },
    {
      ...call,
      onEvent: ({ frames }) =>
        options.onProgress?.(meter.update('write', frames / request.source.sampleRate, total)),
    },
  );
  options.onProgress?.(meter.update('verify', 0, total));
  const meant = encoded.outputs.map((output, i) => ({
    encoded: output,
    tracks: isStemFile ? stemFileTracks(stems) : [{ index: null, stem: names[i], role: 'stem' as const }],
  }));
  const written = await verifyWritten(codec, request.source, meant, { gain, whole }, call);
  const files = encoded.outputs.map((output, i) => ({
    ...{ stem: isStemFile && chosen.length > 1 ? 'all' : names[i], staged: output.path, target: targets[i] },
    ...{ bytes: output.bytes, peak: output.peak, sample: sample ?? null, rate: output.sampleRate },
    ...{ channels: isStemFile ? 2 : request.source.channels, frames: output.frames },
    tracks: written.tracks[i],
  }));
  const { nullDb, sourcePcm } = written;
  const warnings = warning ? [warning] : [];
  return { files, gainDb: gainToDb(gain), gain, writtenNullDb: nullDb, whole, sourcePcm, warnings };
}

/** The gain that brings audio to the wanted loudness without passing the true-peak limit; 1 when none is wanted. */
export async function loudnessGain(
  codec: CodecClient,
  ref: PcmCacheRef,
  settings: Pick<SeparationSettings, 'loudness'>,
  call: { signal?: AbortSignal },
): Promise<number> {
  const { loudness } = settings;
  if (!loudness) return 1;
  const measured = await codec.loudness([{ ref, gain: 1 }], call);
  if (measured.integratedLufs <= -70) return 1;
  return dbToGain(Math.min(loudness.lufs - measured.integratedLufs, loudness.truePeak - measured.truePeakDb));
}

/** The stem that takes what rounding leaves: the loudest, where it is heard least. */
function balanceIndex(stems: readonly ExportStem[]): number {
  return stems.reduce((best, stem, i) => (stem.peak > stems[best].peak ? i : best), 0);
}

function plainFile(
  request: ExportRequest,
  stem: ExportStem,
  index: number,
  gain: number,
  sample: SampleFormat | undefined,
): EncodeOutput {
  const { settings, info } = request;
  return {
    path: join(request.stagingDir, `${request.seed}-${index}.${endingOf(settings.format)}`),
    format: settings.format,
    ...(sample && { sample }),
    ...(settings.bitRate !== undefined && { bitRate: settings.bitRate }),
    inputs: [{ ref: stem.ref, gain }],
    tags: stemTags(info.tags, request.name, stem.name),
    ...(info.hasCover && { coverFrom: request.sourcePath }),
  };
}

/** Throws `unsupported-format` when a stem file is asked for and there are not four stems. */
export function checkStemCount({ format }: Pick<SeparationSettings, 'format'>, count: number): void {
  if (!format.startsWith('stem.') || count === 4) return;
  throw new UnbraidError('unsupported-format', `A ${format} file holds four stems, not ${count}`, {
    hint: 'Choose a separator with four stems, or another format.',
  });
}

/** The stems in the order of a stem file. */
function ordered<T extends { readonly name: string }>(stems: readonly T[]): T[] {
  const rank = (name: string): number => {
    const at = stemFileOrder.indexOf(name);
    return at < 0 ? stemFileOrder.length : at;
  };
  return [...stems].sort((a, b) => rank(a.name) - rank(b.name));
}

function stemFileTracks(stems: readonly ExportStem[]): MeantTrack[] {
  const master = { index: 0, stem: 'master', role: 'master' as const };
  return [
    master,
    ...ordered(stems).map(({ name }, i) => ({ index: i + 1, stem: name, role: 'stem' as const })),
  ];
}

function stemFile(request: ExportRequest, gain: number, sample: SampleFormat | undefined): EncodeOutput {
  const { settings, info, stems, source } = request;
  checkStemCount(settings, stems.length);
  const parts = ordered(stems);
  const label = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
  return {
    path: join(request.stagingDir, `${request.seed}-0.${endingOf(settings.format)}`),
    format: settings.format,
    ...(sample && { sample }),
    ...(settings.bitRate !== undefined && { bitRate: settings.bitRate }),
    inputs: [{ ref: source, gain }, ...parts.map((stem) => ({ ref: stem.ref, gain }))],
    tags: { ...info.tags, title: info.tags['title'] ?? request.name },
    ...(info.hasCover && { coverFrom: request.sourcePath }),
    stemNames: parts.map((stem) => ({ name: label(stem.name), color: stemColors[stem.name] ?? '#999999' })),
  };
}
