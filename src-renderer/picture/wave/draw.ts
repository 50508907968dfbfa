import { joined, type Envelope } from './envelope.js';
import { waveHeight, type WaveAxis } from './wave-axis.js';

/** Channels get a part of the lane each where it has so many CSS pixels; below that they are drawn as one. */
const lowestChannel = 24;

/** How many waveforms stand above one another in a lane of this height, CSS pixels. */
export function wavesIn(channels: number, height: number): number {
  return height / channels < lowestChannel ? 1 : channels;
}

export interface WaveLook {
  readonly axis: WaveAxis;
  readonly colour: string;
  /** Device pixels for each CSS pixel. */
  readonly scale: number;
  /** Over a spectrogram, which stays visible. */
  readonly over: boolean;
}

/** Draws the envelope of each channel above the next, one column for each CSS pixel; null before they have come. */
export function drawWave(
  target: CanvasRenderingContext2D,
  envelopes: readonly Envelope[] | null,
  { axis, colour, scale, over }: WaveLook,
): void {
  const { width, height } = target.canvas;
  if (!over) target.clearRect(0, 0, width, height);
  const count = envelopes ? wavesIn(envelopes.length, height / scale) : 1;
  const shown = envelopes && count === 1 ? [joined(envelopes)] : envelopes;
  const half = height / count / 2;
  for (let ch = 0; ch < count; ch++) {
    const middle = (2 * ch + 1) * half;
    target.fillStyle = 'rgb(255 255 255 / 12%)';
    target.fillRect(0, Math.floor(middle), width, 1);
    if (ch > 0) target.fillRect(0, Math.floor(middle - half), width, 1);
    if (!shown) return;
    target.fillStyle = over ? 'rgb(255 255 255 / 26%)' : colour;
    const envelope = shown[ch];
    // One pixel is left between two channels.
    const reach = half - 1;
    for (let x = 0; x < envelope.length / 2; x++) {
      const top = middle - waveHeight(axis, envelope[2 * x + 1]) * reach;
      const bottom = middle - waveHeight(axis, envelope[2 * x]) * reach;
      target.fillRect(x * scale, top, scale, Math.max(1, bottom - top));
    }
  }
}
