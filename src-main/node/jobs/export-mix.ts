import { gainToDb } from '../../common/base/units.js';
import type { Mixer } from '../../common/jobs/mixer.js';
import type { StemParents } from '../../common/jobs/stem-pieces.js';
import { ProgressMeter, type JobPhase } from '../../common/jobs/progress.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import type { CodecClient } from '../audio/codec-client.js';
import type { OutputFormat } from '../../common/jobs/formats.js';
import type { AudioInfo } from '../audio/types.js';
import { commonGain, sampleFormat, stemTags } from './export-plan.js';
import { loudnessGain, type ExportStem } from './export-stems.js';
import { mixStems } from './mix.js';
import type { RunOptions } from './song-runner.js';

export interface ExportMixRequest {
  readonly stems: readonly ExportStem[];
  readonly mixer: Mixer;
  /** What the stems were separated from, where it is known. */
  readonly parents?: StemParents | undefined;
  /** Where in the song the stems begin; 0 unless they are a selection. */
  readonly firstFrame?: number;
  /** Facts and tags of the source, and where its cover picture is. */
  readonly info: AudioInfo;
  readonly coverFrom: string;
  /** The song's name, and what the title says in brackets. */
  readonly name: string;
  readonly label: string;
  readonly settings: Pick<SeparationSettings, 'depth' | 'bitRate' | 'loudness'>;
  readonly format: OutputFormat;
  /** The file to make; the caller moves it. */
  readonly path: string;
  /** A folder for the mix's cache; the caller deletes it. */
  readonly cacheDir: string;
  /** Seeds the dither. */
  readonly seed: number;
}

export interface ExportedMix {
  readonly bytes: number;
  /** Largest magnitude written, linear. */
  readonly peak: number;
  /** Gain against clipping or for the loudness target, dB. */
  readonly gainDb: number;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

/** Mixes stems into one file and reads it back. Throws typed errors. */
export async function exportMix(
  codec: CodecClient,
  request: ExportMixRequest,
  options: RunOptions = {},
): Promise<ExportedMix> {
  const { info, settings, format, path } = request;
  const { signal, onProgress } = options;
  const call = signal ? { signal } : {};
  const meter = new ProgressMeter(() => performance.now() / 1000);
  const { frames: total, sampleRate: rate } = request.stems[0].ref;
  const tell = (phase: JobPhase, done: number): void =>
    onProgress?.(meter.update(phase, done / rate, total / rate));
  tell('write', 0);
  const mix = await mixStems(request, request.cacheDir, signal);
  const sample = sampleFormat(format, settings.depth, info);
  const wanted = await loudnessGain(codec, mix.ref, settings, call);
  const { gain, warning } = commonGain([mix.peak], wanted, sample);
  const { outputs } = await codec.encodeSet(
    {
      outputs: [
        {
          path,
          format,
          ...(sample && { sample }),
          ...(settings.bitRate !== undefined && { bitRate: settings.bitRate }),
          inputs: [{ ref: mix.ref, gain }],
          tags: stemTags(info.tags, request.name, request.label),
          ...(info.hasCover && { coverFrom: request.coverFrom }),
        },
      ],
      dither: sample === 's16' ? 'tpdf' : 'none',
      seed: request.seed,
    },
    { ...call, onEvent: ({ frames }) => tell('write', frames) },
  );
  tell('verify', 0);
  const [{ frames, sampleRate, bytes, peak }] = outputs;
  const written = { path, expectFrames: frames, sampleRate, channels: mix.ref.channels };
  await codec.verify({ source: null, gain, outputs: [written], sum: false }, call);
  const seconds = mix.ref.frames / mix.ref.sampleRate;
  return { bytes, peak, gainDb: gainToDb(gain), seconds, warnings: warning ? [warning] : [] };
}
