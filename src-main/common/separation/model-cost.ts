import type { ModelManifest } from './manifest.js';

/**
 * Bytes that a process with this model needs at least: its weights (`fileBytes`, held while they are loaded and once
 * more by the runtime), and the buffers of one segment, which are `[1 + stems][channels]` waves and spectra in single
 * precision. What happens inside of the graph comes on top; a manifest may say what was measured (`approxRssMB`).
 */
export function leastMemory(manifest: ModelManifest, fileBytes: number): number {
  const { stft, segment, audio, stems, runtime } = manifest;
  const planes = (1 + stems.order.length) * audio.channels;
  const samples = segment.length * segment.chain;
  let buffers = 4 * samples * planes;
  if (stft) {
    const [before, after] = stft.outerPad;
    const frames = Math.ceil((samples + before + after) / stft.hop) + 1;
    buffers += 8 * frames * (stft.nFft / 2 + 1) * planes;
  }
  // As tensors they exist once more.
  return Math.max(2 * fileBytes + 2 * buffers, (runtime.approxRssMB ?? 0) * 2 ** 20);
}

/** What a process with models that need `least` bytes may use on a machine with `total` bytes of memory. */
export function mostMemory(least: number, total: number): number {
  return Math.min(0.8 * total, Math.max(8 * 2 ** 30, 6 * least));
}
