import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { ModelManifest } from '../../common/separation/manifest.js';
import { ModelSeparator } from '../../common/separation/model-separator.js';
import type { Device } from './inference-api.js';
import { OnnxSession, supportedProviders } from './onnx-session.js';

/** A model ready to run, with what happened on the way. */
export interface LoadedModel {
  readonly separator: ModelSeparator;
  readonly provider: string;
  readonly warnings: readonly string[];
}

interface LoadRequest {
  readonly manifest: ModelManifest;
  readonly folder: string;
  readonly threads: number;
}

async function loadOn(provider: string, request: LoadRequest): Promise<ModelSeparator> {
  const { manifest, folder, threads } = request;
  const sessions: OnnxSession[] = [];
  for (const graph of manifest.graphs) {
    sessions.push(await OnnxSession.load(folder, graph, { provider, threads, runtime: manifest.runtime }));
  }
  return new ModelSeparator(manifest, sessions);
}

/** Noise at −20 dBFS, the same in every run: input for comparing a GPU with the CPU. */
function probeMix(manifest: ModelManifest): Float32Array[] {
  let state = 1;
  return Array.from({ length: manifest.audio.channels }, () =>
    Float32Array.from({ length: manifest.segment.length }, () => {
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

/** The GPU providers worth trying here, best first. */
export function gpuCandidates(manifest: ModelManifest): string[] {
  const available = supportedProviders().map((entry) => entry.name);
  return ['cuda', 'dml', 'coreml', 'webgpu'].filter(
    (name) => available.includes(name) && !manifest.runtime.denyProviders.includes(name),
  );
}

/**
 * Loads a model on the device asked for. A GPU must reproduce the CPU's result on a probe; `auto` also wants
 * it to be faster, and otherwise takes the CPU. A named GPU that fails is an error the caller can act on.
 */
export async function loadModel(device: Device, request: LoadRequest): Promise<LoadedModel> {
  const cpu = await loadOn('cpu', request);
  if (device === 'cpu') return { separator: cpu, provider: 'cpu', warnings: [] };
  const candidates = device === 'auto' ? gpuCandidates(request.manifest) : [device];
  const warnings: string[] = [];
  const mix = probeMix(request.manifest);
  for (const provider of candidates) {
    let gpu: ModelSeparator;
    try {
      gpu = await loadOn(provider, request);
    } catch (error) {
      if (device === 'auto') continue;
      throw new UnbraidError(
        'device-unavailable',
        `${provider} cannot run here: ${toUnbraidError(error).message}`,
        {
          hint: 'Use --device cpu, or install the driver for this device.',
        },
      );
    }
    const [onCpu, onGpu] = [await probe(cpu, mix), await probe(gpu, mix)];
    const difference = largestDifference(onCpu, onGpu);
    if (difference > agreement) {
      const text = `${provider} differs from the CPU by ${difference.toExponential(1)} on a probe`;
      if (device !== 'auto') {
        throw new UnbraidError('device-unavailable', text, {
          hint: 'Use --device cpu; the result would be wrong.',
        });
      }
      warnings.push(`${text}; not used`);
    } else if (device !== 'auto' || onGpu.seconds < onCpu.seconds) {
      return { separator: gpu, provider, warnings };
    }
  }
  return { separator: cpu, provider: 'cpu', warnings };
}
