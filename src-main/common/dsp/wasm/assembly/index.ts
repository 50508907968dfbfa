export { analyse, synthesise, drain, transformPair } from './frames';
export { analyse32, synthesise32, drain32 } from './frames32';
export { analyseLanes, fadeMasks, fromLanes, synthesiseMasked } from './lanes32';
export { synthesisePlanes } from './spectra32';
export { polyphase, polyphaseLerp } from './resample';
export { gramPanel } from './gram';
export { medianBytes } from './median';
export { projetRound } from './projet';
export { cholesky } from './cholesky';
export { nmfActivations, nmfTemplates } from './nmf';
export { givePhases, peakPower, ratioMasks, wienerFromMagnitudes } from './estimates';
export { wienerStep } from './wiener';
export { remainder, nullEnergy, peakOf, magnitudes, maskFrames, transpose } from './planes';

/** Grows the memory to hold at least `bytes`. */
export function reserve(bytes: usize): void {
  const pages = <i32>((bytes + 65535) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
}

/** First byte that the module itself does not use. */
export function heapBase(): usize {
  return (__heap_base + 63) & ~63;
}
