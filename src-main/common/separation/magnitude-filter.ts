import type { HeldStft } from '../dsp/held-stft.js';
import { magnitudeWithPhaseOf } from './estimates.js';
import type { FrameWorkspace } from './frame-workspace.js';
import { outputGroups, usedStems, type Graph } from './graph.js';
import type { ModelManifest } from './manifest.js';

/** Bins that the Wiener filter works on at a time: 300 stereo frames of four sources then stay in the cache. */
const filterWidth = 64;

/** Which frames, and the stems whose spectra are wanted. */
interface Part {
  readonly count: number;
  readonly wanted: readonly number[];
}

/**
 * The short way from magnitudes to spectra, in the memory where they lie: ratio masks with power 2 and one iteration of
 * the Wiener filter, as `applyRatioMasks` and `wienerEm` do it to float32 rounding. Magnitudes are in the planes of real
 * parts, the mixture in the workspace.
 */
export type MagnitudeFilter = (stft: HeldStft, work: FrameWorkspace, part: Part) => void;

/** No iteration: the mixture's phases, and that is all. */
const giveAllPhases: MagnitudeFilter = ({ memory }, work, { count, wanted }) => {
  const { rooms, sums } = work.of(count, true);
  for (const s of wanted) sums[s].forEach((y, ch) => magnitudeWithPhaseOf(rooms[ch].spectrum, y, memory));
};

/** Null where a manifest asks for something else, or for more than one estimate of a stem. */
export function magnitudeFilterFor(
  manifest: ModelManifest,
  graphs: readonly Graph[],
  channels: number,
): MagnitudeFilter | null {
  const { ratioMask, wiener, ...others } = manifest.post;
  const groups = graphs.flatMap((graph) => outputGroups(graph));
  const stems = graphs.flatMap((graph) => outputGroups(graph).flatMap(() => usedStems(graph.manifest)));
  const plain = groups.every(({ port }) => port.manifest.role === 'mag') && !others.denoiseFlip;
  const once = new Set(stems).size === stems.length && stems.length === manifest.stems.order.length;
  // Stems are bits of one number.
  if (!plain || !once || stems.length > 31 || (manifest.combine === 'mean' && graphs.length > 1)) return null;
  const [first, end] = manifest.stft?.bins ?? [0, Infinity];
  if (ratioMask && !wiener) {
    if (ratioMask.power !== 2 || !(ratioMask.eps > 0)) return null;
    return (stft, work, part) =>
      maskAll(stft, work, part, { ...ratioMask, first, end, stems: stems.length, channels });
  }
  if (!wiener || ratioMask || wiener.softmask || wiener.residual) return null;
  if (wiener.iterations === 0) return giveAllPhases;
  if (wiener.iterations > 1 || channels !== 2 || first > 0 || end < Infinity) return null;
  return (stft, work, part) => filterAll(stft, work, part, { ...wiener, stems: stems.length });
}

function maskAll(
  { memory, bins }: HeldStft,
  work: FrameWorkspace,
  { count, wanted }: Part,
  how: {
    readonly eps: number;
    readonly above: 'zero' | 'mean';
    readonly first: number;
    readonly end: number;
    readonly stems: number;
    readonly channels: number;
  },
): void {
  const { places, mix } = work;
  const first = Math.min(how.first, bins);
  const columns = Math.min(how.end, bins) - first;
  const bits = bitsOf(wanted);
  const [totals] = memory.scratch(4 * columns);
  for (let channel = 0; channel < how.channels; channel++) {
    const x = mix.address + 2 * channel * mix.planeStep + 4 * first;
    const e = places.address + channel * places.channelStep + 4 * first;
    memory.run.ratioMasks(
      ...[x, x + mix.planeStep, e, places.stemStep, places.imStep, how.stems, bits],
      ...[count, 4 * bins, columns, bins - first - columns, how.eps, how.above === 'mean' ? 1 : 0, totals],
    );
  }
}

/** One iteration of the Wiener filter over two channels. */
export function filterAll(
  { memory, bins }: HeldStft,
  work: FrameWorkspace,
  { count, wanted }: Part,
  how: { readonly eps: number; readonly scaleFactor: number; readonly stems: number },
): void {
  const { places, mix } = work;
  const bits = bitsOf(wanted);
  let power = 0;
  for (let channel = 0; channel < 2; channel++) {
    const re = mix.address + 2 * channel * mix.planeStep;
    power = Math.max(power, memory.run.peakPower(re, re + mix.planeStep, count * bins));
  }
  const scale = Math.max(1, Math.sqrt(power) / how.scaleFactor);
  const [room] = memory.scratch(32 * filterWidth * how.stems + 16 * how.stems);
  memory.run.wienerFromMagnitudes(
    ...[mix.address, mix.planeStep, places.address, places.stemStep, places.channelStep, places.imStep],
    ...[how.stems, bits, count, bins, filterWidth, scale, how.eps, room],
  );
}

function bitsOf(wanted: readonly number[]): number {
  return wanted.reduce((bits, stem) => bits | (1 << stem), 0);
}
