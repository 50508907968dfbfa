import { existsSync } from 'node:fs';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { parseLayout } from '../../common/separation/layout.js';
import type { ModelManifest } from '../../common/separation/manifest.js';
import { ModelSeparator } from '../../common/separation/model-separator.js';
import type { Device } from '../../common/jobs/settings.js';
import { warning } from '../../common/jobs/warnings.js';
import type { Refusal } from './inference-api.js';
import { OnnxSession, supportedProviders } from './onnx-session.js';
import { extraProviders } from './provider-files.js';

/** A model ready to run, with what happened on the way. */
export interface LoadedModel {
  readonly separator: ModelSeparator;
  readonly provider: string;
  readonly warnings: readonly string[];
  /** What `auto` tried and left. */
  readonly refused: readonly Refusal[];
  /** Segments may have another length than the manifest's. */
  readonly dynamic: boolean;
  /** Frees the memory of its graphs. */
  readonly release: () => Promise<void>;
}

interface LoadRequest {
  readonly manifest: ModelManifest;
  readonly folder: string;
  readonly threads: number;
  /** The segments are not as long as the model's own. */
  readonly otherLength?: boolean;
  /** A GPU that a probe has found right (and, for `auto`, faster) before, with the same driver and files. */
  readonly trusted?: string | undefined;
  /** Told before a GPU is tried. */
  readonly onTry?: (provider: string) => void;
}

/** Whether no graph has a time axis of one size. */
function isDynamic({ graphs }: ModelManifest, sessions: readonly OnnxSession[]): boolean {
  return !graphs.some(({ inputs }, g) =>
    inputs.some(({ name, layout }) => {
      const axes = parseLayout(layout) ?? [];
      const time = axes.findIndex((group) => group.includes('t') || group.includes('n'));
      const size = sessions[g].inputShapes[name]?.[time];
      return typeof size === 'number' && size >= 0;
    }),
  );
}

function fixedSize({ id }: ModelManifest): UnbraidError {
  return new UnbraidError('invalid-argument', `The graph of "${id}" takes segments of one length only`, {
    hint: 'Leave the segment size out.',
  });
}

type OnDevice = Pick<LoadedModel, 'separator' | 'provider' | 'release' | 'dynamic'>;

async function loadOn(provider: string, request: LoadRequest): Promise<OnDevice> {
  const { manifest, folder, threads } = request;
  const sessions: OnnxSession[] = [];
  const release = async (): Promise<void> => {
    for (const session of sessions) await session.release();
  };
  try {
    for (const graph of manifest.graphs) {
      sessions.push(await OnnxSession.load(folder, graph, { provider, threads, runtime: manifest.runtime }));
    }
    const dynamic = isDynamic(manifest, sessions);
    if (request.otherLength && !dynamic) throw fixedSize(manifest);
    return { separator: new ModelSeparator(manifest, sessions), provider, release, dynamic };
  } catch (error) {
    await release();
    throw error;
  }
}

/** One segment; some frames of a graph that would hear the whole song. */
function probeLength({ segment, stft }: ModelManifest): number {
  if (segment.plan !== 'frames' || segment.fixed || !stft) return segment.length;
  return Math.min(segment.length, 63 * stft.hop + stft.nFft);
}

/** Noise at −20 dBFS, the same in every run: input for comparing a GPU with the CPU. */
function probeMix(manifest: ModelManifest): Float32Array[] {
  let state = 1;
  return Array.from({ length: manifest.audio.channels }, () =>
    Float32Array.from({ length: probeLength(manifest) }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return state / 2147483648 / 10;
    }),
  );
}

/** Largest difference between a GPU's and the CPU's result that counts as the same (−60 dB of the probe's peak). */
const agreement = 1e-4;

interface Probe {
  readonly seconds: number;
  readonly stems: readonly (readonly Float32Array[])[];
}

async function probe(separator: ModelSeparator, mix: readonly Float32Array[]): Promise<Probe> {
  await separator.separate(mix, { mean: 0, std: 1 });
  const start = process.hrtime.bigint();
  const stems = await separator.separate(mix, { mean: 0, std: 1 });
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, stems };
}

function largestDifference(a: Probe, b: Probe): number {
  let max = 0;
  a.stems.forEach((planes, s) =>
    planes.forEach((plane, ch) => {
      const other = b.stems[s][ch];
      for (let i = 0; i < plane.length; i++) {
        const difference = Math.abs(plane[i] - other[i]);
        if (!(difference <= max)) max = Number.isNaN(difference) ? Infinity : difference;
      }
    }),
  );
  return max;
}

/**
 * A driver that computes on the CPU gives the right result, hundreds of times more slowly: no work for it, unless a test
 * asks for it (`UNBRAID_SOFTWARE_GPU=1`). On Linux a graphics card has a device file, and software drivers have names.
 * Elsewhere the comparison of speeds keeps `auto` away from them. Throws `device-unavailable`.
 */
function checkHardware(provider: string): void {
  if (provider !== 'webgpu' || process.env['UNBRAID_SOFTWARE_GPU'] === '1') return;
  const driver = process.env['VK_DRIVER_FILES'] ?? process.env['VK_ICD_FILENAMES'] ?? '';
  const named = /swiftshader|lvp_|llvmpipe/i.test(driver);
  const devices = ['/dev/dri', '/dev/nvidia0', '/dev/dxg', '/dev/kfd'];
  const absent = process.platform === 'linux' && !devices.some((path) => existsSync(path));
  if (!named && !absent) return;
  throw new UnbraidError(
    'device-unavailable',
    named ? warning('software-adapter', {}) : warning('no-card', {}),
    { hint: 'Use --device cpu.' },
  );
}

/** ONNX Runtime knows of providers that do not come with it. Throws `device-unavailable` for one that is not installed. */
function checkInstalled(provider: string): void {
  const extra = supportedProviders().some(({ name, bundled }) => name === provider && !bundled);
  if (!extra || (extraProviders()?.includes(provider) ?? true)) return;
  throw new UnbraidError('device-unavailable', warning('not-installed', {}));
}

function refusalOf(provider: string, error: unknown, during?: 'failed-probe'): Refusal {
  const { code, message } = toUnbraidError(error);
  const why = during ? warning(during, { message }) : message;
  return { provider, why, ...(code === 'out-of-memory' && { passing: true }) };
}

/** The GPU providers worth trying here, best first. */
export function gpuCandidates(manifest: ModelManifest): string[] {
  const available = supportedProviders().map((entry) => entry.name);
  return ['cuda', 'dml', 'coreml', 'webgpu'].filter(
    (name) => available.includes(name) && !manifest.runtime.denyProviders.includes(name),
  );
}

/**
 * Loads a model on the device asked for. A GPU must reproduce the CPU's result on a probe; `auto` also wants
 * it to be faster, and otherwise takes the CPU. A named GPU that fails is an error the caller can act on. A GPU that is
 * trusted is not probed again, unless it cannot load the model.
 */
export async function loadModel(device: Device, request: LoadRequest): Promise<LoadedModel> {
  const { trusted, manifest } = request;
  const isMeant = device === 'auto' ? gpuCandidates(manifest).includes(trusted ?? '') : device === trusted;
  if (trusted === undefined || !isMeant) return loadProbed(device, request);
  try {
    checkInstalled(trusted);
    request.onTry?.(trusted);
    checkHardware(trusted);
    return { ...(await loadOn(trusted, request)), warnings: [], refused: [] };
  } catch {
    return loadProbed(device, request);
  }
}

async function loadProbed(device: Device, request: LoadRequest): Promise<LoadedModel> {
  const cpu = await loadOn('cpu', request);
  if (device === 'cpu') return { ...cpu, warnings: [], refused: [] };
  const candidates = device === 'auto' ? gpuCandidates(request.manifest) : [device];
  const warnings: string[] = [];
  const refused: Refusal[] = [];
  const mix = probeMix(request.manifest);
  for (const provider of candidates) {
    let gpu: OnDevice;
    try {
      checkInstalled(provider);
      request.onTry?.(provider);
      checkHardware(provider);
      gpu = await loadOn(provider, request);
    } catch (error) {
      if (device === 'auto') {
        refused.push(refusalOf(provider, error));
        continue;
      }
      await cpu.release();
      throw new UnbraidError(
        'device-unavailable',
        `${provider} cannot run here: ${toUnbraidError(error).message}`,
        {
          hint: 'Use --device cpu, or install the driver for this device.',
        },
      );
    }
    let onCpu: Probe;
    let onGpu: Probe;
    try {
      onCpu = await probe(cpu.separator, mix);
      onGpu = await probe(gpu.separator, mix);
    } catch (error) {
      await gpu.release();
      if (device === 'auto') {
        const refusal = refusalOf(provider, error, 'failed-probe');
        refused.push(refusal);
        warnings.push(warning('not-used', { provider, why: refusal.why }));
        continue;
      }
      await cpu.release();
      throw error;
    }
    const difference = largestDifference(onCpu, onGpu);
    if (difference > agreement) {
      await gpu.release();
      const by = difference.toExponential(1);
      const text = warning('differed', { provider, difference: by });
      if (device !== 'auto') {
        await cpu.release();
        throw new UnbraidError('device-unavailable', text, {
          hint: 'Use --device cpu; the result would be wrong.',
        });
      }
      refused.push({ provider, why: text });
      warnings.push(warning('differs', { provider, difference: by }));
    } else if (device !== 'auto' || onGpu.seconds < onCpu.seconds) {
      await cpu.release();
      return { ...gpu, warnings, refused };
    } else {
      await gpu.release();
      const times = (onGpu.seconds / onCpu.seconds).toFixed(1);
      refused.push({ provider, why: warning('slower', { times }) });
    }
  }
  return { ...cpu, warnings, refused };
}
